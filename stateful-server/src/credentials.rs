//! Session credentials: who does the session say is calling?

use actix_session::{Session, SessionExt};
use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use async_trait::async_trait;
use server::backend::{Caller, Credentials, Elsewhere, Issued};
use server::error::Refused;
use server::extract::caller::user_agent;
use shared::api::account::User;
use shared::api::credential::{Credential, OpenLogin, Refresh};
use shared::api::problem::Code;

use crate::cookie::SessionCookie;
use crate::store::{self, SessionStore};

/// Credentials that the server holds: the client has a name for them, and every request looks it up.
#[derive(Clone)]
pub(crate) struct Sessions {
    cookie: SessionCookie,
    store: SessionStore,
}

impl Sessions {
    pub(crate) fn new(cookie: SessionCookie, store: SessionStore) -> Sessions {
        Sessions { cookie, store }
    }
}

#[async_trait(?Send)]
impl Credentials for Sessions {
    async fn issue(&self, request: &HttpRequest, user: User) -> Result<Issued, Refused> {
        let session = request.get_session();
        // Over the worker's connection, as every lookup: one that nobody else uses would learn last that Redis is back.
        let store = request.app_data().unwrap_or(&self.store);
        store.log_in(&session, user, user_agent(request)).await?;
        self.hand_out(&session)
    }

    async fn verify(&self, request: &HttpRequest) -> Result<Caller, Refused> {
        let (_, caller) = self.find(request)?;
        Ok(caller)
    }

    async fn renew(&self, request: &HttpRequest, _: Refresh) -> Result<Issued, Refused> {
        let (session, _) = self.find(request)?;
        store::renew(&session);
        self.hand_out(&session)
    }

    async fn revoke(&self, request: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        if let Ok((session, _)) = self.find(request) {
            // Ends every copy: the next request with this cookie finds nothing behind it.
            session.purge();
            return Ok(None);
        }
        if let Some(id) = self.cookie.decrypted(request) {
            self.store.end(&id).await?; // Else a renewal that came just before would stay logged in.
        }
        Ok(Some(self.cookie.removal()))
    }

    async fn list(&self, caller: &Caller) -> Result<Vec<OpenLogin>, Refused> {
        Ok(self.store.list(caller).await?)
    }

    async fn end(&self, caller: &Caller, elsewhere: Elsewhere<'_>) -> Result<bool, Refused> {
        Ok(self.store.end_elsewhere(caller, elsewhere).await?)
    }

    async fn reassign(&self, user: &User) -> Result<(), Refused> {
        Ok(self.store.reassign(user).await?)
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

    fn public_keys(&self) -> Option<serde_json::Value> {
        None
    }
}

impl Sessions {
    /// What the session says of its caller, if there is one.
    fn find(&self, request: &HttpRequest) -> Result<(Session, Caller), Refused> {
        let session = request.get_session();
        match self.store.caller(&session) {
            Some(caller) => Ok((session, caller)),
            None if self.cookie.is_on(request) => Err(Refused::because(Code::CredentialRejected)),
            None => Err(Refused::because(Code::CredentialMissing)),
        }
    }

    fn hand_out(&self, session: &Session) -> Result<Issued, Refused> {
        let caller = self.store.caller(session).ok_or_else(|| Refused::internal("a session of nobody"))?;
        let Caller { user, login, expires_at } = caller;
        Ok(Issued { user, login, expires_at, credential: Credential::Cookie })
    }
}
