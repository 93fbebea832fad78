//! Token credentials: who does the signature say is calling?

use std::slice;
use std::time::Duration;

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

use crate::bearer::{bearer, rejected};
use crate::claims::Access;
use crate::denylist::Denylist;
use crate::families::{Families, Family, Renewal};
use crate::keys::Keys;

/// Credentials that the client holds: the server has a key, and asks nobody, unless it keeps a denylist.
#[derive(Clone)]
pub(crate) struct Tokens {
    keys: Keys,
    families: Families,
    denylist: Denylist,
    ttl: Duration,
}

impl Tokens {
    pub(crate) fn new(keys: Keys, families: Families, denylist: Denylist, ttl: Duration) -> Tokens {
        Tokens { keys, families, denylist, ttl }
    }
}

#[async_trait(?Send)]
impl Credentials for Tokens {
    async fn issue(&self, request: &HttpRequest, user: User) -> Result<Issued, Refused> {
        let family = self.families.open(&user, user_agent(request)).await?;
        self.hand_out(family, user)
    }

    async fn verify(&self, request: &HttpRequest) -> Result<Caller, Refused> {
        let access = self.find(request)?;
        let denylist = request.app_data().unwrap_or(&self.denylist); // This worker's own, with a connection of its own.
        denylist.check(&access).await?;
        access.caller().map_err(|_| rejected())
    }

    async fn renew(&self, _: &HttpRequest, refresh: Refresh) -> Result<Issued, Refused> {
        let token = refresh.refresh_token.ok_or_else(|| Refused::because(Code::CredentialMissing))?;
        match self.families.renew(&token).await? {
            Renewal::Renewed(family, user) => self.hand_out(family, user),
            Renewal::Reused { sid } => {
                self.denylist.deny_all(slice::from_ref(&sid)).await?; // First: if it fails, the next attempt is noticed too.
                self.families.end(&sid).await?;
                Err(Refused::because(Code::RefreshReused))
            }
        }
    }

    async fn revoke(&self, request: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        if let Some(access) = bearer(request).and_then(|token| self.keys.recognise::<Access>(token).ok()) {
            // Ends the renewing. Without a denylist, no one can reach the copies of the access token: they live until `exp`.
            self.families.end(&access.sid).await?;
            self.denylist.deny_all(&[access.sid]).await?;
        }
        Ok(None)
    }

    async fn list(&self, caller: &Caller) -> Result<Vec<OpenLogin>, Refused> {
        self.families.list(caller).await
    }

    async fn end(&self, caller: &Caller, elsewhere: Elsewhere<'_>) -> Result<bool, Refused> {
        self.families.end_elsewhere(caller, elsewhere, async |sids| self.denylist.deny_all(sids).await).await
    }

    async fn reassign(&self, user: &User) -> Result<(), Refused> {
        if self.denylist.is_kept() {
            for (sid, given) in self.families.given(user).await? {
                self.denylist.deny(&sid, given).await?; // What is given from now on has the new roles.
            }
        }
        Ok(())
    }

    async fn ready(&self) -> Result<(), Refused> {
        self.denylist.ready().await
    }

    /// RFC 6750, section 3.
    fn challenge(&self) -> HeaderValue {
        HeaderValue::from_static("Bearer realm=\"api\"")
    }

    fn carrier(&self) -> HeaderName {
        header::AUTHORIZATION
    }

    fn public_keys(&self) -> Option<serde_json::Value> {
        Some(self.keys.public())
    }
}

impl Tokens {
    /// What the request says of its caller, if that can be believed.
    fn find(&self, request: &HttpRequest) -> Result<Access, Refused> {
        let token = bearer(request).ok_or_else(|| Refused::because(Code::CredentialMissing))?;
        self.keys.verify(token).map_err(|_| rejected())
    }

    fn hand_out(&self, family: Family, user: User) -> Result<Issued, Refused> {
        let access = Access::of(&user, &family, self.ttl, &self.keys);
        let credential = Credential::Bearer {
            access_token: self.keys.sign(&access)?,
            token_type: "Bearer".into(),
            expires_in: access.expires_in().as_secs(),
            refresh_expires_in: family.expires_in().as_secs(),
            refresh_token: family.refresh_token,
        };
        Ok(Issued { user, expires_at: access.expires_at(), login: access.sid, credential })
    }
}
