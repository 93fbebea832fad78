//! What does the client carry? A cookie that names a session, and who may see it.
//!
//! The neighbour has no such file: its clients put their token into a header themselves.

use std::path::Path;

use actix_session::SessionMiddleware;
use actix_session::storage::SessionKey;
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use anyhow::{Context, Result, ensure};
use shared::server::settings::Invalid;

use crate::store::SessionStore;

/// Half of them sign a cookie, half encrypt it.
const KEY_BYTES: usize = 64;

#[derive(Clone)]
pub(crate) struct SessionCookie {
    name: &'static str,
    secure: bool,
    key: Key,
}

impl SessionCookie {
    pub(crate) fn read(file: &Path, secure: bool) -> Result<SessionCookie> {
        let bytes =
            std::fs::read(file).with_context(|| Invalid(format!("--cookie-key {} cannot be read", file.display())))?;
        let (file, found) = (file.display(), bytes.len());
        let too_short = Invalid(format!("--cookie-key {file} holds {found} bytes: it takes {KEY_BYTES} or more"));
        ensure!(found >= KEY_BYTES, too_short);
        Ok(SessionCookie::sealed_with(Key::from(&bytes), secure))
    }

    pub(crate) fn generate(secure: bool) -> SessionCookie {
        SessionCookie::sealed_with(Key::generate(), secure)
    }

    /// Over plain http, as on loopback, a cookie that is `secure` would never come back.
    fn sealed_with(key: Key, secure: bool) -> SessionCookie {
        // The prefix binds a cookie to this host and to https (RFC 6265bis, section 4.1.3.2).
        SessionCookie { name: if secure { "__Host-sessionId" } else { "sessionId" }, secure, key }
    }

    /// Loads the session that the cookie names before each request, and saves it after. The key seals the name on its way.
    pub(crate) fn middleware(&self, store: SessionStore) -> SessionMiddleware<SessionStore> {
        SessionMiddleware::builder(store, self.key.clone())
            .cookie_name(self.name.into())
            .cookie_secure(self.secure)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .build()
    }

    /// The id of the session that the cookie names, if we sealed it.
    pub(crate) fn opened(&self, request: &HttpRequest) -> Option<SessionKey> {
        let mut jar = CookieJar::new();
        jar.add_original(request.cookie(self.name)?);
        let id = jar.private(&self.key).get(self.name)?.value().to_owned();
        id.try_into().ok()
    }

    pub(crate) fn is_on(&self, request: &HttpRequest) -> bool {
        request.cookie(self.name).is_some()
    }

    /// For a client whose session is gone: the middleware takes back cookies of live sessions only.
    pub(crate) fn removal(&self) -> Cookie<'static> {
        let cookie = Cookie::build(self.name, "").path("/").secure(self.secure).http_only(true);
        let mut cookie = cookie.same_site(SameSite::Lax).finish();
        cookie.make_removal();
        cookie
    }
}
