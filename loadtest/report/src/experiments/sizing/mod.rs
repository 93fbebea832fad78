//! Experiment `sizing`: what does that mean for my own numbers?
//!
//! Prices that were measured, times the numbers that somebody has in mind. A figure that lies past the largest load that
//! was measured says so, and what it takes for granted.

pub mod chapter;
mod needs;
mod prices;

use serde::Serialize;

use crate::evidence::interval::Estimate;
use crate::evidence::validity::Evidence;
use crate::experiments::spec::ExperimentSpec;
use crate::experiments::{memory, request_size};
use crate::recording::{Event, Experiment, Mode, Workload};
use crate::wanted::Wanted;
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<Cost> = ExperimentSpec {
    name: Experiment::Sizing,
    question: "What does that mean for my own numbers?",
    prediction: "Without a session store there is one machine less to pay for.",
    claims: &[],
    find: findings,
    section,
};

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
pub fn findings(evidence: &Evidence, wanted: &Wanted) -> Option<Cost> {
    let (wire, memory) = (request_size::findings(evidence.recording), memory::findings(evidence.recording));
    let prices = prices::all(evidence, wire.as_ref(), memory.as_ref());
    let needs: Vec<Need> = prices.iter().map(|price| needs::of(price, wanted)).collect();
    let tried = !needs.is_empty() || evidence.recording.events.iter().any(|event| matches!(event, Event::Logins(_)));
    tried.then(|| Cost { wanted: *wanted, logins_per_second: wanted.logins_per_second(), needs })
}
