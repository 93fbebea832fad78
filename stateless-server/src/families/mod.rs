//! Refresh tokens: which of them are good?
//!
//! The one thing that the forgetful server remembers: a row for each login, touched when it starts, is renewed, listed,
//! changed and ends, never to tell who is calling. The neighbour has no such file: its session renews itself.
//!
//! A refresh token is good once (RFC 9700, section 4.14.2): brought again, one of two has stolen it, and since nobody can
//! tell which of them, the login ends for both. A moment of grace keeps two tabs that renew at once from looking like that.

mod refresh_token;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use server::backend::{Caller, Elsewhere};
use server::error::Refused;
use server::settings::duration;
use server::store::Store;
use server::store::families::{Ended, Family as Row};
use shared::api::account::User;
use shared::api::credential::OpenLogin;
use shared::api::problem::Code;

use refresh_token::{RefreshToken, Secret, is_sid};

/// Longer than any two tabs need, and short for a thief.
const LONGEST_GRACE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Families {
    store: Store,
    ttl: Duration,
    grace: Duration,
}

/// A login that can be renewed: `sid` names it in every access token, `refresh_token` renews it.
pub(crate) struct Family {
    pub(crate) sid: String,
    pub(crate) refresh_token: String,
    /// Access tokens so far, the one to be made now among them.
    pub(crate) given: i64,
    pub(crate) ends_at: Timestamp,
}

pub(crate) enum Renewal {
    Renewed(Family, User),
    /// The token was used long ago: its family must end, and whatever it was given.
    Reused {
        sid: String,
    },
}

/// Where in the chain of its family a token stands.
enum Place {
    Current,
    /// Somebody used it a moment ago.
    Previous,
    Used,
}

impl Family {
    pub(crate) fn expires_in(&self) -> Duration {
        let seconds = self.ends_at.as_second() - Timestamp::now().as_second();
        Duration::from_secs(seconds.max(0).unsigned_abs())
    }
}

impl Families {
    pub(crate) fn new(store: Store, ttl: Duration, grace: Duration) -> Families {
        Families { store, ttl, grace }
    }

    /// Opens a family. It ends `--refresh-ttl` from now, however often it is renewed.
    pub(crate) async fn open(&self, user: &User, user_agent: Option<String>) -> Result<Family, Refused> {
        let (secret, stored) = Secret::generate()?;
        let sid = format!("{:032x}", fastrand::u128(..)); // Unique is enough: it opens nothing.
        let token = RefreshToken::first(sid.clone(), &secret)?;
        let (now, ends_at) = (Timestamp::now().as_millisecond(), Timestamp::now() + self.ttl);
        let row = Row {
            id: sid.clone(),
            user_id: user.id,
            secret: stored,
            current_hash: token.hash(),
            previous_hash: None,
            given: 1,
            created_at_ms: now,
            renewed_at_ms: now,
            ends_at_ms: ends_at.as_millisecond(),
            user_agent,
        };
        self.store.open_family(&row).await?;
        Ok(Family { sid, refresh_token: token.to_string(), given: row.given, ends_at })
    }

    /// Exchanges a refresh token for the next one. Roles are read anew: here a change of them takes effect.
    ///
    /// # Errors
    /// `CredentialRejected` for what no living family gave out; nobody is logged out by that.
    pub(crate) async fn renew(&self, token: &str) -> Result<Renewal, Refused> {
        let rejected = || Refused::because(Code::CredentialRejected);
        let token = RefreshToken::parse(token).ok_or_else(rejected)?;
        loop {
            let row = self.store.family(&token.sid).await?.ok_or_else(rejected)?;
            let secret = Secret::stored(&row.secret);
            if !token.is_of(&secret) {
                return Err(rejected());
            }
            let next = token.next(&secret);
            let given = match self.place(&token, &row) {
                Place::Current => self.store.rotate_family(&row.id, &token.hash(), &next.hash()).await?,
                Place::Previous => self.store.count_token(&row.id, &token.hash()).await?,
                Place::Used => return Ok(Renewal::Reused { sid: row.id }),
            };
            // Else somebody else was faster: then the token stands elsewhere now, twice at most.
            if let Some(given) = given {
                return self.renewed(&row, next, given).await;
            }
        }
    }

    fn place(&self, token: &RefreshToken, row: &Row) -> Place {
        let hash = token.hash();
        let since = Timestamp::now().as_millisecond().saturating_sub(row.renewed_at_ms);
        if hash == row.current_hash {
            Place::Current
        } else if row.previous_hash == Some(hash) && since < self.grace.as_millis() as i64 {
            Place::Previous
        } else {
            Place::Used
        }
    }

    /// The user is read after the token was counted: a change of roles comes before the reading, or finds the token among
    /// those that it must deny.
    async fn renewed(&self, row: &Row, next: RefreshToken, given: i64) -> Result<Renewal, Refused> {
        let profile = self.store.profile(row.user_id).await?;
        let user = profile.ok_or_else(|| Refused::because(Code::CredentialRejected))?.user;
        let (sid, refresh_token) = (row.id.clone(), next.to_string());
        Ok(Renewal::Renewed(Family { sid, refresh_token, given, ends_at: row.ends_at() }, user))
    }

    /// The logins of this caller, the newest first.
    pub(crate) async fn list(&self, caller: &Caller) -> Result<Vec<OpenLogin>, Refused> {
        let rows = self.store.families(caller.user.id, &caller.login).await?;
        Ok(rows.into_iter().map(|row| row.shown_to(&caller.login)).collect())
    }

    /// Ends a family. Also right when it ended before.
    pub(crate) async fn end(&self, sid: &str) -> Result<(), Refused> {
        self.store.end_family(sid).await
    }

    /// Ends others of this caller's logins; false when there were none. `deny` comes first, and if it fails, none has ended:
    /// whoever is told so can repeat it.
    pub(crate) async fn end_elsewhere(
        &self,
        caller: &Caller,
        elsewhere: Elsewhere<'_>,
        deny: impl AsyncFnOnce(&[String]) -> Result<(), Refused>,
    ) -> Result<bool, Refused> {
        let ended = match elsewhere {
            Elsewhere::One(sid) if !is_sid(sid) => return Ok(false),
            Elsewhere::One(sid) => Ended::One(sid),
            Elsewhere::All => Ended::AllBut(&caller.login),
        };
        Ok(self.store.end_families(caller.user.id, ended, deny).await? > 0)
    }

    /// How many access tokens each login of this user was given so far.
    pub(crate) async fn given(&self, user: &User) -> Result<Vec<(String, i64)>, Refused> {
        self.store.tokens_given(user.id).await
    }
}

/// For `--refresh-grace`.
///
/// # Errors
/// As [`duration`]; or that a thief would have too long.
pub(crate) fn grace(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|grace| if grace <= LONGEST_GRACE { Ok(grace) } else { Err("longer than 60s".into()) })
}
