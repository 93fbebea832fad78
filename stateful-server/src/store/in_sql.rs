//! Sessions in SQL: how does the database that the application has anyway keep them?
//!
//! There is no other store to run, to ask or to lose: while the database is away, so is the application. Every replica
//! knows every session. A request reads one row by its primary key. The statements stand in [`server::store::sessions`].

use jiff::Timestamp;
use server::error::Refused;
use server::store::Store;
use server::store::sessions::{Found, Session};

use super::id::{Id, Random};
use super::stored::{Outcome, RENEWED, Stored};

#[derive(Clone)]
pub(super) struct InSql(Store);

impl InSql {
    pub(super) fn new(store: &Store) -> InSql {
        InSql(store.clone())
    }

    pub(super) async fn read(&self, id: &Id) -> Result<Option<Stored>, Refused> {
        Ok(match self.0.session(id.user, id.random.as_str()).await? {
            Some(Found::Value(value)) => Stored::parse(value.as_bytes()),
            Some(Found::Successor(_)) | None => None,
        })
    }

    pub(super) async fn begin(&self, id: &Id, stored: &Stored, ends: Timestamp) -> Result<(), Refused> {
        self.0.open_session(row(id, stored, &stored.text(), ends)).await
    }

    /// Compares the version, then sets: an ended session stays ended, and of two writes to one version the first is kept.
    /// The same write again is kept too.
    pub(super) async fn write(
        &self,
        (from, read): (&Id, u64),
        to: &Id,
        stored: &Stored,
        ends: Timestamp,
    ) -> Result<Outcome, Refused> {
        // Nothing changed but the time at which it ends: a slide, which a read must not wait for.
        let store = if stored.stamp.version == read { &self.0.in_passing() } else { &self.0 };
        let (read, text) = (read as i64, stored.text());
        let row = row(to, stored, &text, ends);
        let is_written = if to == from {
            store.write_session(read, row).await?
        } else {
            let until = Timestamp::now() + RENEWED;
            let over = (from.random.as_str(), read);
            store.renew_session(over, row, until.as_millisecond()).await?
        };
        if is_written {
            return Ok(Outcome::Kept);
        }
        Ok(match store.session(from.user, from.random.as_str()).await? {
            Some(Found::Value(value)) if value == text => Outcome::Kept,
            Some(Found::Successor(id)) if id == to.random.as_str() => Outcome::Kept,
            Some(_) => Outcome::Conflict,
            None => Outcome::Ended,
        })
    }

    /// One by one: whoever repeats what failed half-way ends the rest.
    pub(super) async fn end(&self, user: i64, ids: &[Id]) -> Result<(), Refused> {
        for id in ids {
            self.0.end_session(user, id.random.as_str()).await?;
        }
        Ok(())
    }

    pub(super) async fn list(&self, user: i64) -> Result<Vec<(Id, Stored)>, Refused> {
        let found = self.0.sessions(user).await?;
        let session = |(random, value): &(String, String)| {
            Some((Id { user, random: Random::parse(random)? }, Stored::parse(value.as_bytes())?))
        };
        Ok(found.iter().filter_map(session).collect())
    }
}

fn row<'a>(id: &'a Id, stored: &Stored, text: &'a str, ends: Timestamp) -> Session<'a> {
    Session {
        user_id: id.user,
        id: id.random.as_str(),
        version: stored.stamp.version as i64,
        value: text,
        ends_at_ms: ends.as_millisecond(),
    }
}
