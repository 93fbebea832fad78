//! Fault run: what did probe clients notice while something was broken on purpose?

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::recording::sample::nanos;
use crate::recording::{Experiment, Mode};

/// One fleet, one fault, and what the clients' log says of it. Times count from its start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultRun {
    pub experiment: Experiment,
    pub mode: Mode,
    pub fault: Fault,
    pub way: Way,
    /// Which repetition, from 0.
    pub block: u32,
    pub people: u32,
    pub per_second: f64,
    /// Of one: the share of requests that open a connection of their own.
    pub on_new_connections: f64,
    /// After which a client gives up.
    #[serde(rename = "deadlineNanos", with = "nanos")]
    pub deadline: Duration,
    #[serde(rename = "lastedNanos", with = "nanos")]
    pub lasted: Duration,
    /// By how much a request was sent late at most though its person was free: what is shorter may be our own doing.
    #[serde(rename = "ownDelayNanos", with = "nanos")]
    pub own_delay: Duration,
    pub marks: Vec<Mark>,
    pub proofs: Vec<Proof>,
    #[serde(rename = "bucketNanos", with = "nanos")]
    pub bucket: Duration,
    /// One after the other, the first from 0.
    pub buckets: Vec<Bucket>,
    pub ended: Ended,
    /// Replica → answers in each bucket; the last ones may be missing.
    pub answered_by: BTreeMap<String, Vec<u32>>,
    pub audit: Audit,
}

/// What was done to a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing: the control.
    None,
    /// A replica was killed (SIGKILL), and started again on its address.
    KillReplica,
    /// Redis was stopped (SIGSTOP), and went on.
    Freeze,
    /// Every answer of Redis came late.
    Slow,
    /// Redis was killed and came back; it keeps nothing on disk.
    RestartEmpty,
    /// It writes a snapshot now and then, as it is delivered.
    RestartSnapshot,
    /// It writes down every command before it answers.
    RestartAof,
    /// Every replica in turn was asked to end (SIGTERM), and started again.
    Deploy,
    /// One more replica joined.
    AddReplica,
    /// A new key was known everywhere before it signed, and the old one retired when nothing of it was left.
    Rotate,
    /// A new key, and the old one gone at once.
    RotateAtOnce,
}

/// How a request found its replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    RoundRobin,
    /// Each person has one, and another only when that does not answer.
    Sticky,
    Random,
    /// One address, behind which a balancer decides.
    Balancer,
    /// The same, and the balancer knows by a cookie of its own where somebody was before.
    BalancerCookie,
}

impl Way {
    /// Whether people come back to the replica that answered them, as long as it is there.
    pub fn sticks(self) -> bool {
        matches!(self, Way::Sticky | Way::BalancerCookie)
    }

    /// Whether a process stands before the replicas.
    pub fn is_balanced(self) -> bool {
        matches!(self, Way::Balancer | Way::BalancerCookie)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    #[serde(rename = "atNanos", with = "nanos")]
    pub at: Duration,
    pub moment: Moment,
    /// "replica 1 killed".
    pub says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    Broken,
    #[serde(alias = "mended")]
    Recovered,
}

/// A sentence that must be true for the fault to have happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    pub says: String,
    pub holds: bool,
}

/// Requests that ended in a span of time, whichever way; `sent` are those that were due in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[u64; 5]", into = "[u64; 5]")]
pub struct Bucket {
    pub sent: u64,
    pub ok: u64,
    /// Answered with 401, or that the checkout under way is not there: somebody was forgotten.
    pub forgotten: u64,
    pub failed: u64,
    /// From when it was due.
    pub slowest: Duration,
}

/// In a file, short: `[sent, ok, forgotten, failed, µs of the slowest]`.
impl From<[u64; 5]> for Bucket {
    fn from([sent, ok, forgotten, failed, micros]: [u64; 5]) -> Bucket {
        Bucket { sent, ok, forgotten, failed, slowest: Duration::from_micros(micros) }
    }
}

impl From<Bucket> for [u64; 5] {
    fn from(bucket: Bucket) -> [u64; 5] {
        let micros = u64::try_from(bucket.slowest.as_micros()).unwrap_or(u64::MAX);
        [bucket.sent, bucket.ok, bucket.forgotten, bucket.failed, micros]
    }
}

/// How all requests ended, seen by the person who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    pub ok: u64,
    pub unauthorized: u64,
    /// The checkout that was under way is not there.
    pub gone: u64,
    /// Other statuses of 400 and above → answers.
    pub statuses: BTreeMap<u16, u64>,
    /// Nobody listened, anywhere.
    pub refused: u64,
    /// The connection broke before the answer was whole.
    pub reset: u64,
    pub timed_out: u64,
    /// Not among these: refused by one replica, and asked of the next at once.
    pub asked_elsewhere: u64,
}

impl Ended {
    /// Requests that did not get what they asked for, those of people who were forgotten left out.
    pub fn failed(&self) -> u64 {
        self.statuses.values().sum::<u64>() + self.refused + self.reset + self.timed_out
    }

    pub fn all(&self) -> u64 {
        self.ok + self.unauthorized + self.gone + self.failed()
    }
}

/// What the clients' log and the servers' books say together, when all was over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// Orders, each under a key of its own.
    pub orders: u64,
    /// Nobody knew whether they were placed, as no answer came: asked again with the same key.
    pub unknown: u64,
    /// Of them, what was still unknown after that.
    pub unsettled: u64,
    /// A client was told 201, and the order is not there.
    pub orders_lost: u64,
    /// More orders than keys.
    pub orders_twice: u64,
    /// Answers about somebody else.
    pub foreign: u64,
    /// People who had an unfinished checkout.
    pub drafts: u64,
    /// Of them, who found it gone.
    pub drafts_lost: u64,
    /// People whose credential was refused though they never logged out.
    pub logged_out: u64,
    /// People who were refused, and had a new credential without their password.
    #[serde(default)]
    pub renewed: u64,
    /// People who had logged out before, and go on trying what they were given.
    pub departed: u64,
    /// Of them, whose credential was accepted before anything broke.
    pub accepted_before: u64,
    /// And afterwards.
    pub accepted_after: u64,
}
