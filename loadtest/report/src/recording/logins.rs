//! Cost of logins: what does it take to log a user in?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::recording::{Mode, Process};

/// People logged in, one after the other, for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logins {
    pub mode: Mode,
    /// Which round of interleaving; every fleet has its turn once in each.
    pub block: u32,
    /// That ended with a credential; there were no others.
    pub logins: u64,
    #[serde(rename = "tookNanos", with = "crate::recording::sample::nanos")]
    pub took: Duration,
    /// What each of the fleet used meanwhile.
    pub processes: Vec<Process>,
}
