//! Memory sample: what did a fleet hold while so many users were logged in?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::recording::Mode;
use crate::recording::sample::nanos;

/// One reading of one fleet, while nobody asks anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemorySample {
    pub mode: Mode,
    /// Readings with the same mode and number are of the same fleet, which was started for them. From 0.
    pub climb: u32,
    pub moment: Reading,
    /// So many times somebody has logged in there.
    pub logins: u64,
    /// For how long the logins since the reading before were made.
    #[serde(rename = "tookNanos", with = "nanos")]
    pub took: Duration,
    /// Resident memory of all replicas.
    pub replica_bytes: u64,
    /// Absent where the fleet has none.
    pub redis: Option<RedisMemory>,
    /// The database as of its last commit, all tables; on disk.
    pub database_bytes: u64,
}

/// When a reading was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reading {
    /// As soon as so many are logged in.
    LoggedIn,
    /// The same once more, a moment later in which nothing happened.
    Again,
    /// Redis has let the last of these logins expire.
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedisMemory {
    /// `used_memory`: what it asked its allocator for.
    pub used_bytes: u64,
    /// What the process has of the machine's memory.
    pub resident_bytes: u64,
    /// `DBSIZE`.
    pub keys: u64,
}
