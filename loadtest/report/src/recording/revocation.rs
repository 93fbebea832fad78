//! Exposure window: how long was a credential accepted that should not have been any more?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::recording::Mode;
use crate::recording::sample::nanos;

/// Something was taken from one credential, and a copy of it went on asking all replicas.
///
/// Times count from the answer to whoever took it, and are those at which a request was sent. The exposure ended between the
/// last that was let in and the first of those that were not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exposure {
    pub mode: Mode,
    /// Of a credential, while nobody renews it.
    #[serde(rename = "lifetimeNanos", with = "nanos")]
    pub lifetime: Duration,
    pub taken: Taken,
    pub told: Told,
    /// After it was taken, at all replicas together.
    pub asked: u64,
    /// Of them, let in as before.
    pub accepted: u64,
    /// When the last of those was sent. Zero: there was none.
    #[serde(rename = "lastAcceptedNanos", with = "nanos")]
    pub last_accepted: Duration,
    /// When the first request was sent that began an unbroken row of refusals at every replica.
    #[serde(rename = "refusedFromNanos", with = "nanos")]
    pub refused_from: Duration,
    /// Some replica still let it in when nobody wanted to wait any longer.
    pub given_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taken {
    /// By a logout.
    Login,
    /// By an admin.
    Role,
}

/// Which replica was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// The one at which the login began.
    Same,
    Another,
}

/// What a fleet asked of its stores for people whom it knew, and for keeping them known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upkeep {
    pub mode: Mode,
    #[serde(rename = "lifetimeNanos", with = "nanos")]
    pub lifetime: Duration,
    /// Ordinary ones, all let in, each replica in turn.
    pub requests: u64,
    /// For them, as Redis counted, or the servers where sessions are in SQL.
    pub store_calls: u64,
    pub renewals: u64,
    /// For them, as the servers counted.
    pub renewal_statements: u64,
}
