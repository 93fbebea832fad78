//! Who is calling? A signature on a bearer token says it.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use async_trait::async_trait;
use shared::api::account::User;
use shared::api::credential::{Credential, OpenLogin, Refresh};
use shared::api::problem::Code;
use shared::server::error::Refused;
use shared::server::memory::{Caller, Credentials, Elsewhere, Issued};

use crate::claims::Access;
use crate::families::{Families, Family};
use crate::keys::{Keys, bearer};

/// Credentials that the client holds: the server has a key, and asks nobody.
#[derive(Clone)]
pub(crate) struct Tokens {
    keys: Keys,
    families: Families,
    ttl: Duration,
}

impl Tokens {
    pub(crate) fn new(keys: Keys, families: Families, ttl: Duration) -> Tokens {
        Tokens { keys, families, ttl }
    }
}

#[async_trait(?Send)]
impl Credentials for Tokens {
    async fn issue(&self, _: &HttpRequest, user: User) -> Result<Issued, Refused> {
        let family = self.families.open(&user).await?;
        self.hand_out(family, user)
    }

    async fn verify(&self, request: &HttpRequest) -> Result<Caller, Refused> {
        let access = self.find(request)?;
        access.caller().map_err(|_| Refused::because(Code::CredentialRejected))
    }

    async fn renew(&self, _: &HttpRequest, refresh: Refresh) -> Result<Issued, Refused> {
        let token = refresh.refresh_token.ok_or_else(|| Refused::because(Code::CredentialMissing))?;
        let (family, user) = self.families.rotate(&token).await?;
        self.hand_out(family, user)
    }

    async fn revoke(&self, request: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        if let Some(access) = bearer(request).and_then(|token| self.keys.recognise::<Access>(token).ok()) {
            // Ends the renewing. No one can reach the copies of the access token: they live until `exp`.
            self.families.end(&access.sid).await?;
        }
        Ok(None)
    }

    async fn list(&self, _: &Caller) -> Result<Vec<OpenLogin>, Refused> {
        Ok(Vec::new())
    }

    async fn end(&self, _: &Caller, _: Elsewhere<'_>) -> Result<bool, Refused> {
        Ok(false)
    }

    async fn reassign(&self, _: &User) -> Result<(), Refused> {
        Ok(())
    }

    async fn ready(&self) -> Result<(), Refused> {
        Ok(())
    }

    /// RFC 6750, section 3.
    fn challenge(&self) -> HeaderValue {
        HeaderValue::from_static("Bearer realm=\"api\"")
    }

    fn carrier(&self) -> HeaderName {
        header::AUTHORIZATION
    }

    fn public_keys(&self) -> Option<serde_json::Value> {
        None
    }
}

impl Tokens {
    /// What the request says of its caller, if that can be believed.
    fn find(&self, request: &HttpRequest) -> Result<Access, Refused> {
        let token = bearer(request).ok_or_else(|| Refused::because(Code::CredentialMissing))?;
        self.keys.verify(token).map_err(|_| Refused::because(Code::CredentialRejected))
    }

    fn hand_out(&self, family: Family, user: User) -> Result<Issued, Refused> {
        let access = Access::of(&user, family.sid, self.ttl, &self.keys);
        let credential = Credential::Bearer {
            access_token: self.keys.sign(&access)?,
            token_type: "Bearer".into(),
            expires_in: self.ttl.as_secs(),
            refresh_token: family.refresh_token,
            refresh_expires_in: self.families.ttl.as_secs(),
        };
        Ok(Issued { user, login: access.sid.clone(), expires_at: access.expires_at(), credential })
    }
}
