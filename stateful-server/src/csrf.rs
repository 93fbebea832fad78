//! CSRF protection: may this page send a browser here?
//!
//! A browser adds the cookie to every request for this host, whichever page it comes from, so that page is asked for (OWASP
//! Cross-Site Request Forgery Prevention Cheat Sheet, "Fetch Metadata headers" and "Verifying origin"; ASVS 5.0, 3.5.1).
//! The neighbour needs no such file: no browser adds a token by itself.

mod origin;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::http::uri::Uri;
use actix_web::middleware::{Next, from_fn};
use server::error::Refused;
use shared::api::problem::Code;

pub(crate) use origin::Origin;

/// From which pages requests may come that change something.
#[derive(Clone)]
pub(crate) struct Csrf {
    allowed: Arc<[Origin]>,
    https_only: bool,
}

impl Csrf {
    /// Its own are always welcome; those of `https` alone where the cookie goes over `https` alone.
    pub(crate) fn new(allowed: &[Origin], https_only: bool) -> Csrf {
        Csrf { allowed: allowed.into(), https_only }
    }

    /// Goes around everything that knows callers: who is turned away costs no session, and no body is read.
    pub(crate) fn guard<S, B>(
        &self,
    ) -> impl Transform<S, ServiceRequest, Response = ServiceResponse<B>, Error = Error, InitError = ()> + 'static
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
        B: MessageBody + 'static,
    {
        let csrf = self.clone();
        from_fn(move |request, next| turn_away(csrf.clone(), request, next))
    }

    fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
        if method.is_safe() {
            return true; // Changes nothing here, and no page of another site can read the answer.
        }
        let (site, origin) = match (only(headers, SEC_FETCH_SITE), only(headers, header::ORIGIN)) {
            (Ok(site), Ok(origin)) => (site, origin),
            _ => return false, // No browser says either twice.
        };
        let named = origin.and_then(Origin::parse);
        if named.as_ref().is_some_and(|origin| self.allowed.contains(origin)) {
            return true;
        }
        let is_own = named.is_some_and(|origin| self.is_own(&origin, uri, headers));
        match (site, origin) {
            // `null` is what a page without referrers says, of this site too: it contradicts nothing.
            (Some("same-origin" | "none"), None | Some("null")) => true,
            (Some("same-origin" | "none"), Some(_)) | (None, Some(_)) => is_own,
            (Some(_), _) => false,
            (None, None) => true, // No browser: each says one of the two for such methods.
        }
    }

    fn is_own(&self, origin: &Origin, uri: &Uri, headers: &HeaderMap) -> bool {
        // A target in absolute form overrides `Host` (RFC 9112, section 3.2.2). What proxies say of themselves anybody can.
        let host = match uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => only(headers, header::HOST).ok().flatten(),
        };
        host.is_some_and(|host| origin.is_at(host)) && (origin.is_https() || !self.https_only)
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The one field of this name, or none; an error is more than one, or no text.
fn only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ()> {
    let mut fields = headers.get_all(name);
    match (fields.next(), fields.next()) {
        (None, _) => Ok(None),
        (Some(field), None) => field.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}

async fn turn_away<B: MessageBody + 'static>(
    csrf: Csrf,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if csrf.admit(request.method(), request.uri(), request.headers()) {
        next.call(request).await
    } else {
        Err(Refused::because(Code::CrossSite).into())
    }
}
