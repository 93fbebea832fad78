//! Which refresh tokens are good?
//!
//! The one thing that the forgetful server remembers: a row for each login, touched when it starts, is renewed and ends,
//! never in between. The neighbour has no such file: its session renews itself.

use std::time::Duration;

use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use shared::api::account::User;
use shared::api::problem::Code;
use shared::server::error::Refused;
use shared::server::store::Store;

/// Bits that nobody guesses (RFC 6749, section 10.10, asks for 128 or more).
const TOKEN_BYTES: usize = 32;

#[derive(Clone)]
pub(crate) struct Families {
    store: Store,
    pub(crate) ttl: Duration,
}

/// A login that can be renewed: `sid` names it in every access token, `refresh_token` renews it once.
pub(crate) struct Family {
    pub(crate) sid: String,
    pub(crate) refresh_token: String,
}

impl Families {
    pub(crate) fn new(store: Store, ttl: Duration) -> Families {
        Families { store, ttl }
    }

    pub(crate) async fn open(&self, user: &User) -> Result<Family, Refused> {
        let refresh_token = random_token()?;
        let sid = self.store.open_family(user.id, &hash(&refresh_token), self.expires_at()).await?;
        Ok(Family { sid, refresh_token })
    }

    /// Exchanges a refresh token for the next one. Roles are read anew: here a change of them takes effect.
    pub(crate) async fn rotate(&self, old: &str) -> Result<(Family, User), Refused> {
        let refresh_token = random_token()?;
        let rotated = self.store.rotate_family(&hash(old), &hash(&refresh_token), self.expires_at()).await?;
        let (sid, user) = rotated.ok_or_else(|| Refused::because(Code::CredentialRejected))?;
        Ok((Family { sid, refresh_token }, user))
    }

    pub(crate) async fn end(&self, sid: &str) -> Result<(), Refused> {
        self.store.end_family(sid).await
    }

    fn expires_at(&self) -> Timestamp {
        Timestamp::now() + self.ttl
    }
}

fn random_token() -> Result<String, Refused> {
    let mut bytes = [0; TOKEN_BYTES];
    rand::fill(&mut bytes).map_err(Refused::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Only the hash is stored: whoever reads the table cannot log in with what is there.
fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}
