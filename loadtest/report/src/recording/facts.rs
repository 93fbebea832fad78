//! Facts about a measurement: by what does the report decide whether to believe a sample?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::recording::Tally;
use crate::recording::sample::nanos;

/// What speaks for or against a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Grounds {
    /// The report decides, anew each time.
    #[serde(rename = "facts")]
    Facts(Facts),
    /// Formats 1 and 2: what was decided while it ran, a sentence for each reason against it.
    #[serde(rename = "whyInvalid")]
    Judged(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub generator: Conduct,
    /// How many people the load came from.
    pub visitors: u32,
    /// Of the calls to the store, those that change something.
    pub store_writes: Tally,
}

/// How the generator itself did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conduct {
    pub aim: Aim,
    /// How long the load was to last. It lasted longer by the answers that were waited for.
    #[serde(rename = "plannedNanos", with = "nanos")]
    pub planned: Duration,
    /// The share of a core that its busiest thread used or queued for: 1.0 is all of it.
    pub busiest_thread: f64,
    /// Requests that found no free file or port on this side.
    pub own_failures: u64,
}

/// What a measurement is to tell, and hence what would void it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// A request sent late has waited with us.
    Latency,
    /// A generator that cannot do more says nothing of a server that could.
    Throughput,
    /// Of the servers, for each request: however many we could send, they cost the same.
    CpuTime,
}
