//! Session cookie: what does the client carry, and who may see it?
//!
//! The neighbour has no such file: its clients put their token into a header themselves.

mod brought;
mod keys;
mod reencrypt;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use actix_session::SessionMiddleware;
use actix_session::storage::SessionKey;
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use anyhow::Result;

use crate::store::SessionStore;
use keys::Keys;

#[derive(Clone)]
pub(crate) struct SessionCookie {
    name: &'static str,
    secure: bool,
    keys: Keys,
}

impl SessionCookie {
    /// # Errors
    /// A sentence that names `--cookie-key` when one of the files cannot be used.
    pub(crate) fn read(files: &[PathBuf], secure: bool) -> Result<SessionCookie> {
        Ok(SessionCookie::encrypted_with(Keys::read(files)?, secure))
    }

    pub(crate) fn generate(secure: bool) -> SessionCookie {
        SessionCookie::encrypted_with(Keys::generate(), secure)
    }

    /// Over plain http, as on loopback, a cookie that is `secure` would never come back.
    fn encrypted_with(keys: Keys, secure: bool) -> SessionCookie {
        // The prefix binds a cookie to this host and to https (RFC 6265bis, section 4.1.3.2).
        SessionCookie { name: if secure { "__Host-sessionId" } else { "sessionId" }, secure, keys }
    }

    /// Loads the session that the cookie names before each request, and saves it after. The key encrypts the name on its way.
    pub(crate) fn middleware(&self, store: SessionStore) -> SessionMiddleware<SessionStore> {
        SessionMiddleware::builder(store, self.keys.first().clone())
            .cookie_name(self.name.into())
            .cookie_secure(self.secure)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .build()
    }

    /// The id of the session that the cookie names, if we encrypted it.
    pub(crate) fn decrypted(&self, request: &HttpRequest) -> Option<SessionKey> {
        let id = keys::decrypted(self.keys.first(), request.cookie(self.name)?)?;
        id.try_into().ok()
    }

    pub(crate) fn is_on(&self, request: &HttpRequest) -> bool {
        request.cookie(self.name).is_some()
    }

    /// For a client whose session is gone: the middleware takes back cookies of live sessions only.
    pub(crate) fn removal(&self) -> Cookie<'static> {
        let mut cookie = self.holding(String::new());
        cookie.make_removal();
        cookie
    }

    /// With the attributes that the middleware gives it, too.
    fn holding(&self, value: String) -> Cookie<'static> {
        let cookie = Cookie::build(self.name, value).path("/").secure(self.secure).http_only(true);
        cookie.same_site(SameSite::Lax).finish()
    }
}
