//! Request head: what do the header fields say before anybody else looks?

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderName};

use crate::context::trace::Trace;
use crate::error::Refused;
use crate::limits;
use shared::api::paths;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What the wrapper must know of a request, gathered in one pass over its header fields.
pub(super) struct Head {
    pub(super) trace: Trace,
    /// The answer is for one person: no cache on the way may keep it.
    pub(super) personal: bool,
    pub(super) size: Result<(), Refused>,
}

impl Head {
    pub(super) fn read(request: &ServiceRequest) -> Head {
        let mut bytes = 0;
        // As the router will read it: `/%6Cogin` hands out credentials, too.
        let mut personal = hands_out_credentials(request.match_info().as_str());
        let mut trace = None;
        for (name, value) in request.headers() {
            bytes += name.as_str().len() + value.len();
            personal |= name == header::AUTHORIZATION || name == header::COOKIE;
            if name == TRACEPARENT {
                trace = Trace::parse(value.as_bytes());
            }
        }
        let size = limits::check_head(bytes, target_bytes(request.uri()));
        Head { trace: trace.unwrap_or_else(Trace::begin), personal, size }
    }
}

fn target_bytes(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |target| target.as_str().len())
}

fn hands_out_credentials(path: &str) -> bool {
    [paths::LOGIN, paths::REFRESH, paths::LOGOUT].contains(&path)
}
