//! Recording: what was seen?
//!
//! The file between run and report: JSON Lines, a header first, then one event a line, a footer last. It holds what was
//! measured and everything that could explain it, and no conclusion: those are made anew each time a report is
//! rendered.

mod attack_attempt;
mod caching;
mod experiment;
mod facts;
mod fault_run;
mod file;
mod latency;
mod logins;
mod memory_sample;
mod race;
mod revocation;
mod sample;
mod sources;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use attack_attempt::{AttackAttempt, Reaction};
pub use caching::{AnswerFields, Brought, CacheTrial, CredentialRule, MeantFor, Revalidation, SharedCache};
pub use experiment::Experiment;
pub use facts::{Aim, Conduct, Facts, Grounds};
pub use fault_run::{Audit, Bucket, Ended, Fault, FaultRun, Mark, Moment, Proof, Way};
pub use file::{Unreadable, Writer};
pub use latency::Latency;
pub use logins::Logins;
pub use memory_sample::{MemorySample, Reading, RedisMemory};
pub use race::{Contest, Outcome, Race};
pub use revocation::{Exposure, Taken, Told, Upkeep};
pub use sample::{Limit, Load, Outcomes, Process, Purpose, Quota, Role, Sample, SendLag, Tally, Workload};
pub use shared::modes::Mode;
pub use sources::{Owner, Source, Sources, Twin};

/// The version this program writes. It goes up when an older program would misread the file.
pub const FORMAT: u32 = 3;

/// A whole file, read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    pub header: Header,
    pub events: Vec<Event>,
    /// Absent when the program was ended before it could say goodbye.
    pub footer: Option<Footer>,
}

impl Recording {
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.events.iter().filter_map(|event| match event {
            Event::Sample(sample) => Some(&**sample),
            _ => None,
        })
    }

    /// Of fleets that do not do what they promise. How fast they do something else is of no interest.
    pub fn broken(&self) -> impl Iterator<Item = &Contract> {
        self.events.iter().filter_map(|event| match event {
            Event::Contract(contract) if !contract.failures.is_empty() => Some(contract),
            _ => None,
        })
    }

    /// What was broken on purpose in this experiment, in the order of the run.
    pub fn fault_runs(&self, experiment: Experiment) -> impl Iterator<Item = &FaultRun> {
        self.events.iter().filter_map(move |event| match event {
            Event::FaultRun(run) if run.experiment == experiment => Some(&**run),
            _ => None,
        })
    }
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Header(Box<Header>),
    Event(Event),
    Footer(Footer),
}

/// What was known before the first request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    pub format: u32,
    pub started_at: Timestamp,
    /// The version of this program.
    pub program: String,
    /// Every random choice of the run follows from it.
    pub seed: u64,
    /// The name of the plan, and all of its text.
    pub plan: Plan,
    /// The exact command, one argument an item, that runs this again.
    pub command: Vec<String>,
    pub machine: Machine,
    /// Program → version: both servers, Redis, the database.
    pub versions: BTreeMap<String, String>,
    /// Role → the cores it may run on. Empty: not pinned.
    pub pinning: BTreeMap<String, Vec<u32>>,
    /// Role → its share of one core, 0.25 being a quarter. Empty: not capped.
    pub caps: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    pub kernel: String,
    pub cores: u32,
    pub cpu_model: String,
    pub memory_bytes: u64,
}

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Event {
    Fleet(Fleet),
    Contract(Contract),
    Sample(Box<Sample>),
    Wire(Wire),
    Size(SizePoint),
    HeadLimit(HeadLimit),
    #[serde(alias = "drill")]
    FaultRun(Box<FaultRun>),
    Logins(Logins),
    Sources(Sources),
    #[serde(alias = "held")]
    MemorySample(MemorySample),
    Exposure(Exposure),
    Upkeep(Upkeep),
    Race(Race),
    CacheTrial(Box<CacheTrial>),
    #[serde(alias = "stimulus")]
    AttackAttempt(Box<AttackAttempt>),
    /// A sentence that the reader of the report should have.
    Note(Remark),
    /// Why an experiment, or a part of it, did not happen.
    Skipped(Remark),
}

/// A fleet was started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fleet {
    pub mode: Mode,
    pub replicas: u32,
    /// As each replica tells it at `/api/meta`, where all but the address is the same.
    pub options: BTreeMap<String, String>,
}

/// A fleet was held against its contract. One that failed is not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    pub mode: Mode,
    pub cases: u32,
    /// A sentence for each broken promise.
    pub failures: Vec<String>,
}

/// One request of one visitor, taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wire {
    pub mode: Mode,
    pub workload: Workload,
    pub request: Message,
    pub response: Message,
}

/// Bytes on the wire, line ends and the separators between them included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Request line or status line, and the empty line behind the headers.
    pub framing_bytes: u64,
    /// Header name, lower case → bytes of the whole line.
    pub headers: BTreeMap<String, u64>,
    pub body_bytes: u64,
}

impl Message {
    pub fn total_bytes(&self) -> u64 {
        self.framing_bytes + self.headers.values().sum::<u64>() + self.body_bytes
    }
}

/// What a visitor has to carry when there is more to remember.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SizePoint {
    pub mode: Mode,
    /// What is to be remembered, as JSON: an unfinished checkout, claims of a token, content of a session.
    pub content_bytes: u64,
    /// The whole request as sent.
    pub request_bytes: u64,
    /// 200 while it fits, 431 when it does not any more.
    pub status: u16,
}

/// Where a server stops listening: header fields are made longer until it refuses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeadLimit {
    pub mode: Mode,
    /// The longest request head that was answered, request line and all.
    pub answered_bytes: u64,
    /// The shortest that was refused, and how.
    pub refused_bytes: u64,
    pub status: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remark {
    /// None: about the whole run.
    pub experiment: Option<Experiment>,
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Footer {
    pub ended_at: Timestamp,
    pub ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    Complete,
    Interrupted,
}
