//! What does one sample say, in one number?

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use super::thresholds::FEWEST_SLOWER;
use crate::recording::{Role, Sample};

/// Lower is better, but for the throughput.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Metric {
    /// CPU of replicas, Redis and database: µs a request.
    FleetCpu,
    /// The median latency, in µs.
    P50,
    /// The latency that one request in a hundred exceeds, in µs.
    P99,
    /// Good answers a second.
    Throughput,
}

impl Metric {
    /// None when too little was answered: a cost per request needs requests, and a quantile some that are slower.
    pub fn of(self, sample: &Sample) -> Option<f64> {
        match self {
            Metric::FleetCpu => cpu_per_request(sample, |role| role != Role::Generator),
            Metric::P50 => latency(sample, 0.5),
            Metric::P99 => latency(sample, 0.99),
            Metric::Throughput => Some(sample.outcomes.ok as f64 / sample.duration.as_secs_f64()),
        }
    }
}

/// µs of CPU that these processes spent for each request answered.
pub(super) fn cpu_per_request(sample: &Sample, counts: impl Fn(Role) -> bool) -> Option<f64> {
    let answered = sample.outcomes.answered();
    (answered > 0).then(|| micros(cpu(sample, counts)) / answered as f64)
}

pub(super) fn cpu(sample: &Sample, counts: impl Fn(Role) -> bool) -> Duration {
    sample.processes.iter().filter(|process| counts(process.role)).map(|process| process.cpu).sum()
}

pub(super) fn micros(duration: Duration) -> f64 {
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
        })
    }
}
