//! Refresh token table: which logins of the stateless server can still be renewed?
//!
//! A family is one login, and its row is touched when it begins, is renewed, listed, changed and ends, never to tell who is
//! calling. Its tokens are not here, their hashes are: whoever reads the table cannot log in with it.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::error::Refused;
use crate::store::sql::{Sql, from_row};
use crate::store::{Store, now_ms, rfc3339};
use shared::api::credential::OpenLogin;

/// A family as it stands in its row. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The `sid` of its access tokens. Unique, and no secret.
    pub id: String,
    pub user_id: i64,
    /// Leads from one refresh token to the next.
    pub secret: String,
    /// Of the refresh token that renews.
    pub current_hash: String,
    /// Of the one before.
    pub previous_hash: Option<String>,
    /// How many access tokens it was given so far: each of them has a number.
    pub given: i64,
    pub created_at_ms: i64,
    pub renewed_at_ms: i64,
    /// No renewal moves it.
    pub ends_at_ms: i64,
    pub user_agent: Option<String>,
}

from_row!(Family {
    id,
    user_id,
    secret,
    current_hash,
    previous_hash,
    given,
    created_at_ms,
    renewed_at_ms,
    ends_at_ms,
    user_agent
});

/// Which families of a user shall end.
#[derive(Debug, Clone, Copy)]
pub enum Ended<'a> {
    One(&'a str),
    AllBut(&'a str),
}

/// The newest logins that are shown of one user.
const SHOWN: i64 = 100;

/// Rows that one login clears away at most: it must not wait for what a busy day has left behind.
const CLEARED: i64 = 100;

impl Store {
    /// Opens a family, and clears some away that have ended by themselves.
    pub async fn open_family(&self, family: &Family) -> Result<(), Refused> {
        const OPEN: &str = "INSERT INTO refresh_families
            (id, user_id, secret, current_hash, previous_hash, given, created_at_ms, renewed_at_ms, ends_at_ms, user_agent)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
        let sql = Sql::new(OPEN).with(&*family.id).with(family.user_id).with(&*family.secret);
        let sql = sql.with(&*family.current_hash).with(family.previous_hash.as_deref()).with(family.given);
        let sql = sql.with(family.created_at_ms).with(family.renewed_at_ms).with(family.ends_at_ms);
        self.write::<(String,)>(sql.with(family.user_agent.as_deref())).await?;
        let _next_login_tries_again = self.clear_ended_families().await; // Nobody's login fails because of others' old rows.
        Ok(())
    }

    async fn clear_ended_families(&self) -> Result<(), Refused> {
        const CLEAR: &str = "DELETE FROM refresh_families WHERE id IN
            (SELECT id FROM refresh_families WHERE ends_at_ms <= $1 ORDER BY ends_at_ms LIMIT $2) RETURNING id";
        self.write::<(String,)>(Sql::new(CLEAR).with(now_ms()).with(CLEARED)).await?;
        Ok(())
    }

    /// A family that has not ended.
    pub async fn family(&self, id: &str) -> Result<Option<Family>, Refused> {
        const FAMILY: &str =
            "SELECT id, user_id, secret, current_hash, previous_hash, given, created_at_ms, renewed_at_ms,
            ends_at_ms, user_agent FROM refresh_families WHERE id = $1 AND ends_at_ms > $2";
        Ok(self.read::<Family>(Sql::new(FAMILY).with(id).with(now_ms())).await?.pop())
    }

    /// The newest families of a user that have not ended, and `current` however old it is; the newest first.
    pub async fn families(&self, user: i64, current: &str) -> Result<Vec<Family>, Refused> {
        const NEWEST: &str =
            "SELECT id, user_id, secret, current_hash, previous_hash, given, created_at_ms, renewed_at_ms,
            ends_at_ms, user_agent FROM refresh_families WHERE user_id = $1 AND ends_at_ms > $2
            ORDER BY CASE WHEN id = $4 THEN 0 ELSE 1 END, created_at_ms DESC, id LIMIT $3";
        let sql = Sql::new(NEWEST).with(user).with(now_ms()).with(SHOWN).with(current);
        let mut families = self.read::<Family>(sql).await?;
        families.sort_by_key(|family| Reverse(family.created_at_ms));
        Ok(families)
    }

    /// Puts the next token in the place of the current one, and returns the number of the access token that goes with it;
    /// `None` when somebody else did so before, or ended the family.
    pub async fn rotate_family(&self, id: &str, current: &str, next: &str) -> Result<Option<i64>, Refused> {
        const ROTATE: &str = "UPDATE refresh_families
            SET previous_hash = current_hash, current_hash = $3, renewed_at_ms = $4, given = given + 1
            WHERE id = $1 AND current_hash = $2 AND ends_at_ms > $4 RETURNING given";
        let sql = Sql::new(ROTATE).with(id).with(current).with(next).with(now_ms());
        Ok(self.write::<(i64,)>(sql).await?.pop().map(|(given,)| given))
    }

    /// The number of one more access token, for a client that brings the previous refresh token; `None` when that is not
    /// the previous one any more.
    pub async fn count_token(&self, id: &str, previous: &str) -> Result<Option<i64>, Refused> {
        const COUNT: &str = "UPDATE refresh_families SET given = given + 1
            WHERE id = $1 AND previous_hash = $2 AND ends_at_ms > $3 RETURNING given";
        let sql = Sql::new(COUNT).with(id).with(previous).with(now_ms());
        Ok(self.write::<(i64,)>(sql).await?.pop().map(|(given,)| given))
    }

    /// How many access tokens each family of this user was given, those of renewals under way among them: an `UPDATE`
    /// waits for them where a `SELECT` would look past.
    pub async fn tokens_given(&self, user: i64) -> Result<Vec<(String, i64)>, Refused> {
        const GIVEN: &str = "UPDATE refresh_families SET given = given
            WHERE user_id = $1 AND ends_at_ms > $2 RETURNING id, given";
        Ok(self.write(Sql::new(GIVEN).with(user).with(now_ms())).await?)
    }

    /// Ends a family, whosever it is. Also right when it ended before.
    pub async fn end_family(&self, id: &str) -> Result<(), Refused> {
        self.write::<(String,)>(Sql::new("DELETE FROM refresh_families WHERE id = $1 RETURNING id").with(id)).await?;
        Ok(())
    }

    /// Ends families of one user, and returns how many. `tell` learns which before it counts: when it fails, none has ended,
    /// and a repetition finds all of them again. No lock is held meanwhile; who logs in then is not meant.
    pub async fn end_families(
        &self,
        user: i64,
        ended: Ended<'_>,
        tell: impl AsyncFnOnce(&[String]) -> Result<(), Refused>,
    ) -> Result<usize, Refused> {
        const ONE: &str =
            "SELECT id, created_at_ms FROM refresh_families WHERE user_id = $1 AND id = $2 AND ends_at_ms > $3";
        const OTHERS: &str =
            "SELECT id, created_at_ms FROM refresh_families WHERE user_id = $1 AND id <> $2 AND ends_at_ms > $3";
        const END: &str = "DELETE FROM refresh_families WHERE user_id = $1 AND id = $2 RETURNING id";
        const END_OTHERS: &str =
            "DELETE FROM refresh_families WHERE user_id = $1 AND id <> $2 AND created_at_ms <= $3 RETURNING id";
        let (which, end, id) = match ended {
            Ended::One(id) => (ONE, END, id),
            Ended::AllBut(id) => (OTHERS, END_OTHERS, id),
        };
        let rows = self.read::<(String, i64)>(Sql::new(which).with(user).with(id).with(now_ms())).await?;
        let Some(newest) = rows.iter().map(|(_, created)| *created).max() else { return Ok(0) };
        let ids: Vec<_> = rows.into_iter().map(|(id, _)| id).collect();
        tell(&ids).await?;
        let sql = Sql::new(end).with(user).with(id);
        self.write::<(String,)>(if let Ended::AllBut(_) = ended { sql.with(newest) } else { sql }).await?;
        Ok(ids.len())
    }
}

impl Family {
    /// The login, as its user sees it who asks from the login `current`.
    pub fn shown_to(self, current: &str) -> OpenLogin {
        OpenLogin {
            current: self.id == current,
            id: self.id,
            created_at: rfc3339(self.created_at_ms),
            last_seen_at: rfc3339(self.renewed_at_ms),
            expires_at: rfc3339(self.ends_at_ms),
            user_agent: self.user_agent,
        }
    }

    pub fn ends_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.ends_at_ms).unwrap_or_default()
    }
}
