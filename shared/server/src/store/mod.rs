//! SQL store: what does the shop know, whichever server asks?
//!
//! Users, products, preferences and orders are SQL, and the same code on both servers: what differs between the twins is
//! never here. [`sql`] is the one place where two databases look like one; the other files hold a question each.

mod accounts;
mod catalogue;
mod checkouts;
mod connect;
pub mod demo;
mod failure;
pub mod families;
pub mod login_limiter;
mod migrations;
mod orders;
pub mod sessions;
mod sql;

use std::time::Duration;

use sqlx::{PgPool, SqlitePool};

use crate::error::Refused;
use shared::api::shop::Page;
use sql::Sql;

/// The database behind a server. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    database: Database,
    patience: Patience,
}

#[derive(Clone)]
enum Database {
    /// SQLite lets one connection write at a time. Waiting in our own queue is fair and cheap, waiting in SQLite is neither.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// How long anything waits before it gives up: a store that is stuck must be a fast 503.
#[derive(Clone, Copy)]
struct Patience {
    /// For a connection, in our own queue.
    connection: Duration,
    /// For what somebody else holds, in the database.
    lock: Duration,
    /// For one whole statement, both waits included; it bites when the database is frozen and enforces nothing.
    statement: Duration,
}

impl Store {
    /// Does the database answer?
    ///
    /// # Errors
    /// `StoreUnavailable`.
    pub async fn ready(&self) -> Result<(), Refused> {
        self.read::<(i64,)>(Sql::new("SELECT id FROM products LIMIT 1")).await?;
        Ok(())
    }
}

/// Milliseconds since 1970, as they are stored.
fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A stored time in RFC 3339. One out of range is not ours; an odd date is better than an answer that fails.
fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}

/// Cuts one row more than was asked for down to a page: the extra row says that there is a next one.
fn page<T>(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> i64) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = items.len() > limit;
    items.truncate(limit);
    Page { next: items.last().filter(|_| more).map(id), items }
}
