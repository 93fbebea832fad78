//! What does that mean for my own numbers?
//!
//! Prices that were measured, times the numbers that somebody has in mind. A figure that lies past the largest load that
//! was measured says so, and what it takes for granted.

mod needs;
mod prices;

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::evidence::interval::Estimate;
use crate::evidence::validity::Evidence;
use crate::experiments::memory::findings::Memory;
use crate::experiments::request_size::findings::WireBytes;
use crate::recording::{Event, Mode, Workload};

/// How large it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Logged in at once, each of them once.
    pub people: u64,
    /// Requests a second, of all of them together.
    pub per_second: f64,
    /// How often each of them logs in.
    #[serde(rename = "loginEverySeconds", serialize_with = "seconds")]
    pub login_every: Duration,
}

/// A company's own application, at its busiest: round numbers that are easy to multiply.
impl Default for Wanted {
    fn default() -> Wanted {
        Wanted { people: 100_000, per_second: 1_000.0, login_every: Duration::from_secs(8 * 60 * 60) }
    }
}

impl Wanted {
    pub fn logins_per_second(&self) -> f64 {
        self.people as f64 / self.login_every.as_secs_f64()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    pub wanted: Wanted,
    pub logins_per_second: f64,
    /// By workload, then mode. Empty: no price of a request can be trusted.
    pub needs: Vec<Need>,
}

/// What one kind of fleet takes. None: its price was not measured in this run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Need {
    pub mode: Mode,
    pub workload: Workload,
    /// For the requests, in the servers; as all cores here, so many that each is busy for the planned share of its time.
    pub request_cores: Estimate,
    /// For the logins, in the servers.
    pub login_cores: Option<Estimate>,
    /// For both, in Redis. None as well: there is none.
    pub redis_cores: Option<Estimate>,
    /// Asked of the session or revocation store, a second.
    pub store_calls: f64,
    /// Bytes a second, requests and answers.
    pub network: Estimate,
    /// Bytes a second that prove who is calling.
    pub credentials: Option<f64>,
    /// Bytes, while everybody is logged in.
    pub memory: Option<Estimate>,
    /// The same in the database.
    pub disk: Option<Estimate>,
    pub tested: Tested,
    pub beyond: Vec<Beyond>,
}

/// The most of each that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tested {
    /// Answers a second.
    pub per_second: f64,
    pub replicas: u32,
    pub logins_per_second: Option<f64>,
    pub people: Option<u64>,
}

/// What is asked for past that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Beyond {
    Requests,
    Logins,
    People,
    /// One Redis answers on one thread, and more than that is needed.
    OneRedis,
}

/// None when nothing was priced.
pub fn findings(
    evidence: &Evidence,
    wire: Option<&WireBytes>,
    memory: Option<&Memory>,
    wanted: &Wanted,
) -> Option<Cost> {
    let prices = prices::all(evidence, wire, memory);
    let needs: Vec<Need> = prices.iter().map(|price| needs::of(price, wanted)).collect();
    let tried = !needs.is_empty() || evidence.recording.events.iter().any(|event| matches!(event, Event::Logins(_)));
    tried.then(|| Cost { wanted: *wanted, logins_per_second: wanted.logins_per_second(), needs })
}

fn seconds<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64())
}
