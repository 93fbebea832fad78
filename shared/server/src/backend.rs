//! Server backend: who is calling, and where does an unfinished checkout wait?
//!
//! Two questions have two answers in this project, and both are asked here. Each server crate implements both traits;
//! nothing else tells the servers apart.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::header::{HeaderName, HeaderValue};
use async_trait::async_trait;

use crate::error::Refused;
use shared::api::account::User;
use shared::api::credential::{Credential, OpenLogin, Refresh};
use shared::checkout::Draft;

/// Who is calling?
#[async_trait(?Send)]
pub trait Credentials: Send + Sync {
    /// Log in: from now on, whoever brings this credential is `user`.
    async fn issue(&self, request: &HttpRequest, user: User) -> Result<Issued, Refused>;

    /// Every request: whose credential is this?
    ///
    /// # Errors
    /// `CredentialMissing`, `CredentialRejected`, or `StoreUnavailable` where somebody must be asked.
    async fn verify(&self, request: &HttpRequest) -> Result<Caller, Refused>;

    /// Renew: a fresh credential for the same user, in exchange for the old one.
    async fn renew(&self, request: &HttpRequest, refresh: Refresh) -> Result<Issued, Refused>;

    /// Log out. Also right when nobody is logged in. Returns the removal of a cookie that names nothing any more.
    async fn revoke(&self, request: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused>;

    /// Where is this caller logged in? The newest login first, that of `caller` among them.
    async fn list(&self, caller: &Caller) -> Result<Vec<OpenLogin>, Refused>;

    /// Log out elsewhere; false when the caller has no such login. Never asked for the login of `caller` itself: that is
    /// [`Credentials::revoke`].
    async fn end(&self, caller: &Caller, elsewhere: Elsewhere<'_>) -> Result<bool, Refused>;

    /// This user's roles are others from now on, and stand in SQL already: credentials that say otherwise must stop
    /// doing so, as far as they can be reached.
    async fn reassign(&self, user: &User) -> Result<(), Refused>;

    /// Can callers be told apart at this moment? The error names the store that fails.
    async fn ready(&self) -> Result<(), Refused>;

    /// What a client that brought no credential, or a bad one, is told (RFC 9110, section 11.6.1).
    fn challenge(&self) -> HeaderValue;

    /// The request header that carries the credential: what private answers vary by.
    fn carrier(&self) -> HeaderName;

    /// The keys by which anybody can check a credential (RFC 7517, section 5), where a credential is such a statement.
    fn public_keys(&self) -> Option<serde_json::Value>;
}

/// Which logins shall end, other than the one that asks.
#[derive(Debug, Clone, Copy)]
pub enum Elsewhere<'a> {
    One(&'a str),
    All,
}

/// Where does an unfinished checkout wait?
#[async_trait(?Send)]
pub trait Drafts: Send + Sync {
    /// Keeps the draft until the next step, and says what the client must carry for that, if anything.
    async fn save(&self, request: &HttpRequest, caller: &Caller, draft: &Draft) -> Result<Option<String>, Refused>;

    /// The draft so far; `carried` is what the client brought back.
    async fn load(
        &self,
        request: &HttpRequest,
        caller: &Caller,
        carried: Option<&str>,
    ) -> Result<Option<Draft>, Refused>;
}

/// A credential just handed out. A cookie travels in the response's head; a token in `credential`.
pub struct Issued {
    pub user: User,
    /// The login's [`OpenLogin::id`].
    pub login: String,
    pub expires_at: jiff::Timestamp,
    pub credential: Credential,
}

/// Somebody whose credential was verified. A handler that takes a `Caller` requires one.
#[derive(Debug, Clone)]
pub struct Caller {
    pub user: User,
    /// The login's [`OpenLogin::id`].
    pub login: String,
    pub expires_at: jiff::Timestamp,
}
