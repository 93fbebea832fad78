//! Cookie re-encryption: what does the sessions' middleware see of the cookies that came?
//!
//! It takes the first of our name, and knows one key. So, before it looks, all but ours is left out, and what an older key
//! has encrypted is encrypted anew: a client in use gets the new cookie when it next reads something, and nobody logs in again.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::{Next, from_fn};

use super::SessionCookie;
use super::brought::Brought;
use crate::store::near;

impl SessionCookie {
    /// Goes around [`SessionCookie::middleware`].
    pub(crate) fn reencrypting<S, B>(
        &self,
    ) -> impl Transform<S, ServiceRequest, Response = ServiceResponse<B>, Error = Error, InitError = ()> + 'static
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
        B: MessageBody + 'static,
    {
        let cookie = self.clone();
        from_fn(move |request, next| reencrypt(cookie.clone(), request, next))
    }

    /// Leaves one cookie of ours in the request, or none; returns it where the client had it from an older key.
    fn leave_ours(&self, headers: &mut HeaderMap) -> Option<Cookie<'static>> {
        let (ours, reencrypted) = match Brought::read(headers, self.name) {
            Brought::Nothing => (None, None),
            // Opens nothing, and yet is there: a credential that is rejected, not one that is missing.
            Brought::Unbelievable => (Some(format!("{}=", self.name)), None),
            Brought::One(value) => match self.keys.reencrypted(self.name, value) {
                Some(reencrypted) => {
                    (Some(reencrypted.encoded().to_string()), Some(self.holding(reencrypted.value().into())))
                }
                None if is_all(headers, self.name, value) => return None, // As nearly every client sends it.
                None => (Some(format!("{}={value}", self.name)), None),
            },
        };
        headers.remove(header::COOKIE);
        if let Some(ours) = ours {
            headers.insert(header::COOKIE, HeaderValue::from_str(&ours).expect("what is encoded is header text"));
        }
        reencrypted
    }
}

/// Did the client bring this cookie and no other?
fn is_all(headers: &HeaderMap, name: &str, value: &str) -> bool {
    let mut lines = headers.get_all(header::COOKIE);
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let rest = line.as_bytes().strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
    rest == Some(value.as_bytes())
}

async fn reencrypt<B: MessageBody + 'static>(
    cookie: SessionCookie,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let reencrypted = cookie.leave_ours(request.headers_mut());
    // Nobody stands further out and still around the lookup.
    let method = request.method().clone();
    let mut response = near::pass_by(&method, next.call(request)).await?;
    // What the session itself has to say of its cookie goes first; and a session that has ended needs none. One can end while
    // a body is still on its way: an answer as late as that says nothing of the cookie, the next one will.
    let late = !method.is_safe();
    let ended = response.status() == StatusCode::UNAUTHORIZED;
    let settled = late || ended || response.headers().contains_key(header::SET_COOKIE);
    if let Some(cookie) = reencrypted.filter(|_| !settled) {
        let line = HeaderValue::from_str(&cookie.encoded().to_string())?;
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(response)
}
