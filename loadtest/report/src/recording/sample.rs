//! Sample: what did one stretch of load do to one fleet?

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::recording::{Experiment, Grounds, Latency, Mode};

/// One measured stretch of load; its warm-up is thrown away before.
///
/// Samples that share `experiment`, `workload` group, `replicas` and `block` ran side by side and are compared with
/// each other and nobody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    pub experiment: Experiment,
    pub mode: Mode,
    pub workload: Workload,
    pub purpose: Purpose,
    /// Which round of interleaving; every arm runs once in each.
    pub block: u32,
    /// Position within the block, from 0.
    pub order: u32,
    pub replicas: u32,
    /// How far away Redis was, through a proxy. None: nothing stood between.
    #[serde(rename = "redisRoundTripNanos", default, with = "maybe_nanos", skip_serializing_if = "Option::is_none")]
    pub redis_round_trip: Option<Duration>,
    pub load: Load,
    #[serde(rename = "durationNanos", with = "nanos")]
    pub duration: Duration,
    pub outcomes: Outcomes,
    /// Of every request that ended, however it ended: timeouts and errors stay in the tail.
    pub latency: Latency,
    pub send_lag: SendLag,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    pub processes: Vec<Process>,
    /// Calls to the session or revocation store.
    pub store_calls: Tally,
    pub sql_statements: Tally,
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// What a visitor asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// `/api/anonymous`: no credential, the control.
    Anonymous,
    /// `/api/whoami`: the credential alone, no SQL.
    Whoami,
    /// `/api/users/profile`.
    Profile,
    /// Log in once, look around, buy, as a person would.
    Journey,
}

/// Why a sample was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To be compared with the other arms of its block.
    Comparison,
    /// A/A: two of the same in one block. How far they lie apart is noise.
    AgainstItself,
}

/// Who decides when the next request is due.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Load {
    /// A schedule: requests arrive at this rate whether or not earlier ones were answered. Latency counts from the
    /// intended send time.
    Open { per_second: f64 },
    /// The server: each of the users waits for an answer before asking again. Latency counts from the send time.
    Closed { users: u32 },
}

/// Where every request went: sent = ok + http errors + timeouts + connection errors + in flight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcomes {
    pub sent: u64,
    pub ok: u64,
    /// Status → answers.
    pub http_errors: BTreeMap<u16, u64>,
    pub timeouts: u64,
    pub connection_errors: u64,
    pub in_flight: u64,
    /// Due, and given up before anybody was free to send it. Not among the sent.
    #[serde(default)]
    pub never_sent: u64,
}

impl Outcomes {
    /// Requests that the server answered, well or badly.
    pub fn answered(&self) -> u64 {
        self.ok + self.http_errors.values().sum::<u64>()
    }

    /// None, or somebody counted wrong.
    pub fn unaccounted(&self) -> u64 {
        self.sent.abs_diff(self.answered() + self.timeouts + self.connection_errors + self.in_flight)
    }
}

/// How far behind its own schedule the generator sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendLag {
    #[serde(rename = "p50Nanos", with = "nanos")]
    pub p50: Duration,
    #[serde(rename = "p99Nanos", with = "nanos")]
    pub p99: Duration,
    #[serde(rename = "maxNanos", with = "nanos")]
    pub max: Duration,
}

/// What one process used during the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Process {
    pub role: Role,
    /// User and system time together.
    #[serde(rename = "cpuNanos", with = "nanos")]
    pub cpu: Duration,
    /// Resident memory at the end.
    pub rss_bytes: u64,
    /// Time for which a CPU cap held it back.
    #[serde(rename = "throttledNanos", with = "nanos")]
    pub throttled: Duration,
    /// None: the program that wrote this did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// What kept a process from using more CPU time than its share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Limit {
    /// A control group of version 2, by `cpu.max`.
    CgroupV2(Quota),
    /// One of version 1, by `cpu.cfs_quota_us`.
    CgroupV1(Quota),
    /// It was bound to this core, and to no share of it.
    Core { core: u32 },
    /// Nothing did.
    Nothing,
}

impl Limit {
    pub fn quota(self) -> Option<Quota> {
        match self {
            Limit::CgroupV2(quota) | Limit::CgroupV1(quota) => Some(quota),
            Limit::Core { .. } | Limit::Nothing => None,
        }
    }
}

/// So much CPU time in every period, and how often that was too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    #[serde(rename = "quotaNanos", with = "nanos")]
    pub quota: Duration,
    #[serde(rename = "periodNanos", with = "nanos")]
    pub period: Duration,
    /// Periods in which it had something to do.
    pub periods: u64,
    /// Those in which it used all of its quota, and waited for the next.
    pub throttled_periods: u64,
}

impl Quota {
    /// Of one core; 0.1 is 10 %.
    pub fn share(self) -> f64 {
        self.quota.as_secs_f64() / self.period.as_secs_f64()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Counted from 1.
    Replica(u32),
    Redis,
    /// Absent with an embedded database, which lives inside the replicas.
    Database,
    Generator,
}

/// Work behind the servers: what the requests should have caused, and what was counted there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    pub promised: u64,
    pub seen: u64,
}

/// Durations as whole nanoseconds: exact, and short enough to read in the file.
pub(crate) mod nanos {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::recording) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(in crate::recording) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_nanos)
    }
}

/// The same where there may be none.
mod maybe_nanos {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        duration.map(|duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(Duration::from_nanos))
    }
}
