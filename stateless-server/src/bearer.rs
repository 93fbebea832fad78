//! Bearer token: where does a request carry it, and what is a client told whose token is not believed?
//!
//! In the field that no browser fills in by itself: nobody's page can make somebody's browser send it. The neighbour has no
//! such file: a cookie comes by itself.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};
use server::error::Refused;
use shared::api::problem::Code;

/// The token of the `Authorization` field (RFC 6750, section 2.1), and of no other place: an address or a body ends up in
/// logs. The scheme's name may be in any case (RFC 9110, section 11.1). Of two fields neither counts: whoever is in front
/// may have looked at the other one.
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut fields = request.headers().get_all(header::AUTHORIZATION);
    let (field, None) = (fields.next()?, fields.next()) else { return None };
    let (scheme, token) = std::str::from_utf8(field.as_bytes()).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

/// The same for every cause, in words that a client's library knows: renew the token, or log in (RFC 6750, section 3.1).
pub(crate) fn rejected() -> Refused {
    let told = HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_token\"");
    Refused::because(Code::CredentialRejected).with_header(header::WWW_AUTHENTICATE, told)
}
