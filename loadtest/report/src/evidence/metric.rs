//! Metric: what does one sample say, in one number?

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use crate::evidence::thresholds::FEWEST_SLOWER;
use crate::format;
use crate::recording::{Outcomes, Role, Sample};

/// Lower is better, but for the throughput and the share that was answered well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Metric {
    /// CPU of replicas, Redis and database: µs a request.
    FleetCpu,
    /// CPU of the replicas alone: µs a request.
    ServerCpu,
    /// CPU of Redis and the database: µs a request.
    StoreCpu,
    /// The median latency, in µs.
    P50,
    /// The latency that one request in a hundred exceeds, in µs.
    P99,
    /// Good answers a second.
    Throughput,
    /// Sent and received, a request.
    Bytes,
    /// Calls to the session or revocation store, a request.
    StoreCalls,
    /// The share of the requests that ended well, of those that ended.
    AnsweredWell,
}

impl Metric {
    /// None when too little was answered: a cost per request needs requests, and a quantile some that are slower.
    pub fn of(self, sample: &Sample) -> Option<f64> {
        match self {
            Metric::FleetCpu => cpu_per_request(sample, |role| role != Role::Generator),
            Metric::ServerCpu => cpu_per_request(sample, |role| matches!(role, Role::Replica(_))),
            Metric::StoreCpu => cpu_per_request(sample, |role| matches!(role, Role::Redis | Role::Database)),
            Metric::P50 => latency(sample, 0.5),
            Metric::P99 => latency(sample, 0.99),
            Metric::Throughput => Some(sample.outcomes.ok as f64 / sample.duration.as_secs_f64()),
            Metric::Bytes => per_answer(sample, sample.bytes_sent + sample.bytes_received),
            Metric::StoreCalls => per_answer(sample, sample.store_calls.seen),
            Metric::AnsweredWell => answered_well(sample),
        }
    }

    pub fn higher_is_better(self) -> bool {
        matches!(self, Metric::Throughput | Metric::AnsweredWell)
    }

    /// What tells of this one where there is no store: the handler without our code has none, and the twins neither.
    pub(crate) fn without_store(self) -> Metric {
        if self == Metric::StoreCpu { Metric::ServerCpu } else { self }
    }

    /// A value with its unit.
    pub fn told(self, value: f64) -> String {
        match self {
            Metric::FleetCpu | Metric::ServerCpu | Metric::StoreCpu | Metric::P50 | Metric::P99 => {
                format::micros(value)
            }
            Metric::Throughput => format!("{}/s", format::number(value)),
            Metric::Bytes => format::bytes(value.round() as u64),
            Metric::StoreCalls => format::number(value),
            Metric::AnsweredWell => format::percent(value),
        }
    }
}

fn per_answer(sample: &Sample, all: u64) -> Option<f64> {
    let answered = sample.outcomes.answered();
    (answered > 0).then(|| all as f64 / answered as f64)
}

fn answered_well(sample: &Sample) -> Option<f64> {
    let ended = ended(&sample.outcomes);
    (ended > 0).then(|| sample.outcomes.ok as f64 / ended as f64)
}

/// Requests of which it is known how they ended. Those that nobody was free to send ended badly.
pub(crate) fn ended(outcomes: &Outcomes) -> u64 {
    outcomes.sent.saturating_sub(outcomes.in_flight).saturating_add(outcomes.never_sent)
}

/// µs of CPU that these processes spent for each request answered.
pub(crate) fn cpu_per_request(sample: &Sample, counts: impl Fn(Role) -> bool) -> Option<f64> {
    let answered = sample.outcomes.answered();
    (answered > 0).then(|| micros(cpu(sample, counts)) / answered as f64)
}

pub(crate) fn cpu(sample: &Sample, counts: impl Fn(Role) -> bool) -> Duration {
    sample.processes.iter().filter(|process| counts(process.role)).map(|process| process.cpu).sum()
}

pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn latency(sample: &Sample, share: f64) -> Option<f64> {
    let slower = (1.0 - share) * sample.latency.count() as f64;
    (slower >= FEWEST_SLOWER).then(|| micros(sample.latency.quantile(share)))
}

impl Display for Metric {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        to.write_str(match self {
            Metric::FleetCpu => "CPU a request",
            Metric::P50 => "median latency",
            Metric::P99 => "p99 latency",
            Metric::Throughput => "throughput",
            Metric::ServerCpu => "server CPU a request",
            Metric::StoreCpu => "CPU of the stores a request",
            Metric::Bytes => "bytes a request",
            Metric::StoreCalls => "store calls a request",
            Metric::AnsweredWell => "answered well",
        })
    }
}
