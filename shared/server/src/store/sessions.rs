//! Session table: which statements keep the sessions of a server that has them in SQL?
//!
//! A row is read by its primary key with every request, and written when the session changes or its limit slides. A renewed
//! session leaves its row behind for a while, to name the one that took its place: a logout that comes second to a renewal
//! waits for that row, and follows it. Each statement counts as a call to the store of sessions.

use std::future::Future;

use crate::context::{Part, timed};
use crate::error::Refused;
use crate::store::failure::Failure;
use crate::store::sql::Sql;
use crate::store::{Store, now_ms};

/// A session as it is written. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    pub user_id: i64,
    /// Unique among those of its user.
    pub id: &'a str,
    pub version: i64,
    pub value: &'a str,
    pub ends_at_ms: i64,
}

/// What stands under the id of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Value(String),
    /// The id of the session that took its place.
    Successor(String),
}

/// Rows that one login clears away at most: it must not wait for what a busy day has left behind.
const CLEARED: i64 = 100;

impl Store {
    /// Keeps a new session, and clears some away that have ended by themselves.
    pub async fn open_session(&self, session: Session<'_>) -> Result<(), Refused> {
        call(self.write::<(i64,)>(session.insertion())).await?;
        self.clear_ended_sessions().await;
        Ok(())
    }

    /// What stands under this id, and has not ended.
    pub async fn session(&self, user: i64, id: &str) -> Result<Option<Found>, Refused> {
        const SESSION: &str =
            "SELECT value, successor FROM sessions WHERE user_id = $1 AND id = $2 AND ends_at_ms > $3";
        let sql = Sql::new(SESSION).with(user).with(id).with(now_ms());
        let row = call(self.read::<(String, Option<String>)>(sql)).await?.pop();
        Ok(row.map(|(value, successor)| successor.map_or(Found::Value(value), Found::Successor)))
    }

    /// Ids and values of the sessions of a user that have not ended.
    pub async fn sessions(&self, user: i64) -> Result<Vec<(String, String)>, Refused> {
        const SESSIONS: &str =
            "SELECT id, value FROM sessions WHERE user_id = $1 AND successor IS NULL AND ends_at_ms > $2";
        Ok(call(self.read(Sql::new(SESSIONS).with(user).with(now_ms()))).await?)
    }

    /// Writes a session over version `read` of it; false when that is not there any more.
    pub async fn write_session(&self, read: i64, session: Session<'_>) -> Result<bool, Refused> {
        const WRITE: &str = "UPDATE sessions SET version = $4, value = $5, ends_at_ms = $6
            WHERE user_id = $1 AND id = $2 AND version = $3 AND successor IS NULL AND ends_at_ms > $7 RETURNING version";
        let sql = Sql::new(WRITE).with(session.user_id).with(session.id).with(read);
        let sql = sql.with(session.version).with(session.value).with(session.ends_at_ms).with(now_ms());
        Ok(!call(self.write::<(i64,)>(sql)).await?.is_empty())
    }

    /// Puts a session in the place of version `read` of session `from`, which names it until `until_ms`; false when that
    /// version is not there any more.
    pub async fn renew_session(
        &self,
        (from, read): (&str, i64),
        session: Session<'_>,
        until_ms: i64,
    ) -> Result<bool, Refused> {
        const LEAVE: &str = "UPDATE sessions SET value = '', successor = $4, ends_at_ms = $5
            WHERE user_id = $1 AND id = $2 AND version = $3 AND successor IS NULL AND ends_at_ms > $6 RETURNING version";
        let sql = Sql::new(LEAVE).with(session.user_id).with(from).with(read);
        let sql = sql.with(session.id).with(until_ms).with(now_ms());
        let mut transaction = call(self.begin()).await?;
        if call(transaction.run::<(i64,)>(sql)).await?.is_empty() {
            return Ok(false);
        }
        call(transaction.run::<(i64,)>(session.insertion())).await?;
        call(transaction.commit()).await?;
        self.clear_ended_sessions().await; // A renewal leaves a row behind, as a login does.
        Ok(true)
    }

    /// Ends a session, and those that took its place: a renewal under way holds the row, which names its successor when it
    /// is let go. All of them or none, since the first is the only one that leads to the others. Also right when it ended
    /// before.
    pub async fn end_session(&self, user: i64, id: &str) -> Result<(), Refused> {
        const END: &str = "DELETE FROM sessions WHERE user_id = $1 AND id = $2 RETURNING successor";
        let mut transaction = call(self.begin()).await?;
        let mut next = Some(id.to_owned());
        while let Some(id) = next {
            let ended = call(transaction.run::<(Option<String>,)>(Sql::new(END).with(user).with(&*id))).await?.pop();
            next = ended.and_then(|(successor,)| successor);
        }
        Ok(call(transaction.commit()).await?)
    }

    /// Nobody's login fails because of others' old rows: the next one tries again.
    async fn clear_ended_sessions(&self) {
        // Said twice: a row that slides while Postgres waits for it must stay.
        const CLEAR: &str = "DELETE FROM sessions WHERE ends_at_ms <= $1 AND (user_id, id) IN
            (SELECT user_id, id FROM sessions WHERE ends_at_ms <= $1 ORDER BY ends_at_ms LIMIT $2) RETURNING version";
        let _next_login_tries_again = call(self.write::<(i64,)>(Sql::new(CLEAR).with(now_ms()).with(CLEARED))).await;
    }
}

/// One statement, by which the mode is compared with what others ask of Redis.
async fn call<T>(statement: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timed(Part::State, statement).await
}

impl Session<'_> {
    fn insertion(&self) -> Sql {
        const INSERT: &str =
            "INSERT INTO sessions (user_id, id, version, value, ends_at_ms) VALUES ($1, $2, $3, $4, $5)
            RETURNING version";
        let sql = Sql::new(INSERT).with(self.user_id).with(self.id).with(self.version);
        sql.with(self.value).with(self.ends_at_ms)
    }
}
