//! Who keeps the sessions: Redis, or this process?
//!
//! Either keeps what it is given, and compares versions where it says so. What may be kept is decided by the store alone.

use std::fmt;

use clap::ValueEnum;
use jiff::Timestamp;
use server::redis::Silent;
use shared::api::meta::Holder;

use super::id::Id;
use super::in_memory::InMemory;
use super::in_redis::InRedis;
use super::stored::{Outcome, Stored};

/// What `--sessions` chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Place {
    Redis,
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
            Place::Memory => Holder::Server,
        }
    }
}

#[derive(Clone)]
pub(super) enum Backend {
    Redis(Box<InRedis>),
    Memory(InMemory),
}

impl Backend {
    pub(super) async fn ready(&self) -> Result<(), Silent> {
        match self {
            Backend::Redis(redis) => redis.ready().await,
            Backend::Memory(_) => Ok(()),
        }
    }

    pub(super) async fn read(&self, id: &Id) -> Result<Option<Stored>, Silent> {
        match self {
            Backend::Redis(redis) => redis.read(id).await,
            Backend::Memory(memory) => Ok(memory.read(id)),
        }
    }

    pub(super) async fn begin(&self, id: &Id, stored: &Stored, ends: Timestamp) -> Result<(), Silent> {
        match self {
            Backend::Redis(redis) => redis.begin(id, stored, ends).await,
            Backend::Memory(memory) => {
                memory.begin(id, stored, ends);
                Ok(())
            }
        }
    }

    /// Writes over version `read` of session `from`, under the id `to`, in one step: all of it or nothing.
    pub(super) async fn write(
        &self,
        (from, read): (&Id, u64),
        to: &Id,
        stored: &Stored,
        ends: Timestamp,
    ) -> Result<Outcome, Silent> {
        match self {
            Backend::Redis(redis) => redis.write((from, read), to, stored, ends).await,
            Backend::Memory(memory) => Ok(memory.write((from, read), to, stored, ends)),
        }
    }

    /// Ends these sessions of one user, and whatever a renewal has put in their place.
    pub(super) async fn end(&self, user: i64, ids: &[Id]) -> Result<(), Silent> {
        match self {
            Backend::Redis(redis) => redis.end(user, ids).await,
            Backend::Memory(memory) => {
                memory.end(user, ids);
                Ok(())
            }
        }
    }

    /// All sessions of this user that have not ended.
    pub(super) async fn list(&self, user: i64) -> Result<Vec<(Id, Stored)>, Silent> {
        match self {
            Backend::Redis(redis) => redis.list(user).await,
            Backend::Memory(memory) => Ok(memory.list(user)),
        }
    }
}
