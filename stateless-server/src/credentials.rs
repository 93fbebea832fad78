//! Who is calling? A signature on a bearer token says it.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::api::account::{Role, User};
use shared::api::credential::{Credential, Refresh};
use shared::api::problem::Code;
use shared::server::error::Refused;
use shared::server::memory::{Caller, Credentials, Issued};
use shared::server::store::Store;

use crate::config::Config;
use crate::families::{Families, Family};
use crate::keys::{ACCESS_TOKEN, Keys};

/// Credentials that the client holds: the server keeps a key, and asks nobody.
#[derive(Clone)]
pub(crate) struct Tokens {
    keys: Keys,
    families: Families,
    access_ttl: Duration,
    refresh_ttl: Duration,
}

/// What a token says of its bearer (RFC 9068, section 2.2).
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    jti: String,
    sid: String,
    username: String,
    roles: Vec<Role>,
}

impl Tokens {
    pub(crate) fn new(keys: Keys, store: Store, config: &Config) -> Tokens {
        Tokens {
            keys,
            families: Families::new(store, config.refresh_ttl),
            access_ttl: config.access_ttl,
            refresh_ttl: config.refresh_ttl,
        }
    }
}

#[async_trait(?Send)]
impl Credentials for Tokens {
    async fn issue(&self, _: &HttpRequest, user: User) -> Result<Issued, Refused> {
        let family = self.families.open(&user).await?;
        self.hand_out(user, family)
    }

    async fn verify(&self, request: &HttpRequest) -> Result<Caller, Refused> {
        let claims = self.find(request)?;
        claims.caller().ok_or_else(|| Refused::because(Code::CredentialRejected))
    }

    async fn renew(&self, _: &HttpRequest, refresh: Refresh) -> Result<Issued, Refused> {
        let token = refresh.refresh_token.ok_or_else(|| Refused::because(Code::CredentialMissing))?;
        let (user, family) = self.families.rotate(&token).await?;
        self.hand_out(user, family)
    }

    async fn revoke(&self, request: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        if let Ok(claims) = self.find(request) {
            // Ends the refreshing. No one can reach the copies of the access token: they live until `exp`.
            self.families.end(&claims.sid).await?;
        }
        Ok(None)
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
}

impl Tokens {
    /// What the request says of its caller, if it can be believed.
    fn find(&self, request: &HttpRequest) -> Result<Claims, Refused> {
        let field =
            request.headers().get(header::AUTHORIZATION).ok_or_else(|| Refused::because(Code::CredentialMissing))?;
        let token = field.to_str().ok().and_then(bearer).ok_or_else(|| Refused::because(Code::CredentialRejected))?;
        self.keys.verify(ACCESS_TOKEN, token).map_err(|_| Refused::because(Code::CredentialRejected))
    }

    fn hand_out(&self, user: User, family: Family) -> Result<Issued, Refused> {
        let now = Timestamp::from_second(Timestamp::now().as_second()).map_err(Refused::internal)?;
        let expires_at = now + self.access_ttl;
        let (iss, aud) = self.keys.parties();
        let claims = Claims {
            iss,
            aud,
            sub: user.id.to_string(),
            exp: expires_at.as_second(),
            iat: now.as_second(),
            nbf: now.as_second(),
            jti: format!("{:032x}", fastrand::u128(..)),
            sid: family.sid,
            username: user.username.clone(),
            roles: user.roles.clone(),
        };
        let credential = Credential::Bearer {
            access_token: self.keys.sign(ACCESS_TOKEN, &claims)?,
            token_type: "Bearer".into(),
            expires_in: self.access_ttl.as_secs(),
            refresh_token: family.refresh_token,
            refresh_expires_in: self.refresh_ttl.as_secs(),
        };
        Ok(Issued { user, expires_at, credential })
    }
}

impl Claims {
    fn caller(self) -> Option<Caller> {
        let user = User { id: self.sub.parse().ok()?, username: self.username, roles: self.roles };
        Some(Caller { user, expires_at: Timestamp::from_second(self.exp).ok()? })
    }
}

/// RFC 6750, section 2.1; the scheme's name is case-insensitive (RFC 9110, section 11.1).
fn bearer(field: &str) -> Option<&str> {
    let (scheme, token) = field.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}
