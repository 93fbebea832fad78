//! Who is calling? Redis says it, by the cookie's key.

use actix_session::{Session, SessionExt, SessionMiddleware};
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, Key, SameSite};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use async_trait::async_trait;
use shared::api::account::User;
use shared::api::credential::{Credential, Refresh};
use shared::api::problem::Code;
use shared::server::error::Refused;
use shared::server::memory::{Caller, Credentials, Issued};

use crate::config::Config;
use crate::store::{self, SessionStore};

/// Credentials that the server holds: the client keeps a name for them, and every request looks it up.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: SessionStore,
    key: Key,
    cookie: &'static str,
    secure: bool,
}

/// The session's name for the caller.
const CALLER: &str = "caller";

impl Sessions {
    pub(crate) fn new(key: Key, store: SessionStore, config: &Config) -> Sessions {
        // The prefix binds the cookie to this host and to https (RFC 6265bis, section 4.1.3.2).
        let cookie = if config.secure_cookie { "__Host-sessionId" } else { "sessionId" };
        Sessions { store, key, cookie, secure: config.secure_cookie }
    }

    /// Loads the session that the cookie names before each request, and saves it after.
    pub(crate) fn middleware(&self) -> SessionMiddleware<SessionStore> {
        SessionMiddleware::builder(self.store.clone(), self.key.clone())
            .cookie_name(self.cookie.into())
            .cookie_secure(self.secure)
            .cookie_same_site(SameSite::Lax)
            .build()
    }
}

#[async_trait(?Send)]
impl Credentials for Sessions {
    async fn issue(&self, request: &HttpRequest, user: User) -> Result<Issued, Refused> {
        let session = request.get_session();
        session.clear(); // Else whoever knew the old id would be logged in too (session fixation).
        self.hand_out(&session, user)
    }

    async fn verify(&self, request: &HttpRequest) -> Result<Caller, Refused> {
        let (session, user) = self.find(request)?;
        Ok(Caller { user, expires_at: self.store.expires_at(&session) })
    }

    async fn renew(&self, request: &HttpRequest, _: Refresh) -> Result<Issued, Refused> {
        let (session, user) = self.find(request)?;
        store::renew(&session);
        self.hand_out(&session, user)
    }

    async fn revoke(&self, request: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        match self.find(request) {
            // Ends every copy: the next request with this cookie finds nothing behind it.
            Ok((session, _)) => session.purge(),
            // The middleware forgets cookies of live sessions only.
            Err(_) => return Ok(Some(self.removal())),
        }
        Ok(None)
    }

    async fn ready(&self) -> Result<(), Refused> {
        Ok(self.store.ready().await?)
    }

    /// No registered scheme fits a cookie: the answer names where to get one.
    fn challenge(&self) -> HeaderValue {
        HeaderValue::from_static("Cookie realm=\"api\", login=\"/login\"")
    }

    fn carrier(&self) -> HeaderName {
        header::COOKIE
    }
}

impl Sessions {
    /// What the session says of its caller, if there is one.
    fn find(&self, request: &HttpRequest) -> Result<(Session, User), Refused> {
        let session = request.get_session();
        match session.get(CALLER).map_err(Refused::internal)? {
            Some(user) => Ok((session, user)),
            None if request.cookie(self.cookie).is_some() => Err(Refused::because(Code::CredentialRejected)),
            None => Err(Refused::because(Code::CredentialMissing)),
        }
    }

    fn hand_out(&self, session: &Session, user: User) -> Result<Issued, Refused> {
        session.insert(CALLER, &user).map_err(Refused::internal)?;
        Ok(Issued { user, expires_at: self.store.expires_at(session), credential: Credential::Cookie })
    }

    fn removal(&self) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.cookie, "").path("/").http_only(true).secure(self.secure).finish();
        cookie.make_removal();
        cookie
    }
}
