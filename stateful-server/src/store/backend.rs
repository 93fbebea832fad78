//! Session backends: who keeps the sessions, Redis, this process or the database?
//!
//! Each keeps what it is given, and compares versions where it says so. What may be kept is decided by the store alone.

use std::fmt;

use clap::ValueEnum;
use jiff::Timestamp;
use server::error::Refused;
use shared::api::meta::Holder;

use super::id::Id;
use super::in_memory::InMemory;
use super::in_redis::InRedis;
use super::in_sql::InSql;
use super::stored::{Outcome, Stored};

/// What `--sessions` chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Place {
    Redis,
    Sql,
    Memory,
}

/// As on the command line.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("no place is hidden").get_name())
    }
}

impl Place {
    pub(crate) fn holder(self) -> Holder {
        match self {
            Place::Redis => Holder::Redis,
            Place::Sql => Holder::Database,
            Place::Memory => Holder::Server,
        }
    }
}

#[derive(Clone)]
pub(super) enum Backend {
    Redis(Box<InRedis>),
    /// What it does is boxed below: a future holds room for the largest of its ways, and every request would carry a
    /// transaction's for the sake of this one.
    Sql(InSql),
    Memory(InMemory),
}

impl Backend {
    /// For the database, the application asks it itself.
    pub(super) async fn ready(&self) -> Result<(), Refused> {
        match self {
            Backend::Redis(redis) => redis.ready().await,
            Backend::Sql(_) | Backend::Memory(_) => Ok(()),
        }
    }

    pub(super) async fn read(&self, id: &Id) -> Result<Option<Stored>, Refused> {
        match self {
            Backend::Redis(redis) => redis.read(id).await,
            Backend::Sql(sql) => Box::pin(sql.read(id)).await,
            Backend::Memory(memory) => Ok(memory.read(id)),
        }
    }

    pub(super) async fn begin(&self, id: &Id, stored: &Stored, ends: Timestamp) -> Result<(), Refused> {
        match self {
            Backend::Redis(redis) => redis.begin(id, stored, ends).await,
            Backend::Sql(sql) => Box::pin(sql.begin(id, stored, ends)).await,
            Backend::Memory(memory) => {
                memory.begin(id, stored, ends);
                Ok(())
            }
        }
    }

    /// Writes over a version of a session, under the id `to`, in one step: all of it or nothing.
    pub(super) async fn write(
        &self,
        over: (&Id, u64),
        to: &Id,
        stored: &Stored,
        ends: Timestamp,
    ) -> Result<Outcome, Refused> {
        match self {
            Backend::Redis(redis) => redis.write(over, to, stored, ends).await,
            Backend::Sql(sql) => Box::pin(sql.write(over, to, stored, ends)).await,
            Backend::Memory(memory) => Ok(memory.write(over, to, stored, ends)),
        }
    }

    /// Ends these sessions of one user, and whatever a renewal has put in their place.
    pub(super) async fn end(&self, user: i64, ids: &[Id]) -> Result<(), Refused> {
        match self {
            Backend::Redis(redis) => redis.end(user, ids).await,
            Backend::Sql(sql) => Box::pin(sql.end(user, ids)).await,
            Backend::Memory(memory) => {
                memory.end(user, ids);
                Ok(())
            }
        }
    }

    /// All sessions of this user that have not ended.
    pub(super) async fn list(&self, user: i64) -> Result<Vec<(Id, Stored)>, Refused> {
        match self {
            Backend::Redis(redis) => redis.list(user).await,
            Backend::Sql(sql) => Box::pin(sql.list(user)).await,
            Backend::Memory(memory) => Ok(memory.list(user)),
        }
    }
}
