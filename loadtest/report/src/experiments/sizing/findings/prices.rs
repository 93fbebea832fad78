//! Unit prices: what was measured of one request, one login and one user who is logged in?

use std::collections::BTreeSet;

use crate::evidence::interval;
use crate::evidence::interval::Estimate;
use crate::evidence::metric::{Metric, micros};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::validity::{Evidence, broken_contracts};
use crate::experiments::memory::findings::{Holding, Memory};
use crate::experiments::request_size::findings::WireBytes;
use crate::recording::{Event, Experiment, Load, Logins, Mode, Purpose, Role, Sample, Workload};

/// What one of each takes in one kind of fleet. None: not measured.
pub(crate) struct Price {
    pub(crate) mode: Mode,
    pub(crate) workload: Workload,
    /// µs a request.
    pub(crate) server_cpu: Estimate,
    /// The same in Redis. None: there is none.
    pub(crate) store_cpu: Option<Estimate>,
    pub(crate) store_calls: f64,
    /// Of a request and its answer.
    pub(crate) bytes: Estimate,
    pub(crate) credential_bytes: Option<u64>,
    pub(crate) most_per_second: f64,
    pub(crate) most_replicas: u32,
    pub(crate) login: Option<Login>,
    pub(crate) kept: Option<Kept>,
}

/// What a login takes for as long as it lasts, in bytes.
pub(crate) struct Kept {
    /// Of memory.
    pub(crate) memory: Estimate,
    pub(crate) disk: Estimate,
    /// So many of them were tried.
    pub(crate) people: u64,
}

pub(crate) struct Login {
    /// µs a login.
    pub(crate) server_cpu: Estimate,
    pub(crate) store_cpu: Option<Estimate>,
    pub(crate) most_per_second: f64,
}

/// The credential alone, in as many modes as there are; and a whole visit.
const PRICED: [Workload; 2] = [Workload::Whoami, Workload::Journey];

pub(crate) fn all(evidence: &Evidence, wire: Option<&WireBytes>, memory: Option<&Memory>) -> Vec<Price> {
    let samples: Vec<&Sample> = evidence.trusted.iter().copied().filter(|sample| tells_a_price(sample)).collect();
    let arms: BTreeSet<(Workload, Mode)> = samples.iter().map(|sample| (sample.workload, sample.mode)).collect();
    let arms = arms.into_iter().filter(|(workload, mode)| PRICED.contains(workload) && *mode != Mode::Bare);
    arms.filter_map(|arm| price(arm, &samples, evidence, wire, memory)).collect()
}

/// Flat out. At an easy rate most of the CPU time goes into the waking of cores that had nothing to do, and those are not
/// what somebody must buy.
fn tells_a_price(sample: &Sample) -> bool {
    let priced = matches!(sample.experiment, Experiment::AuthCost | Experiment::CredentialCost);
    priced && sample.purpose == Purpose::Comparison && matches!(sample.load, Load::Closed { .. })
}

fn price(
    (workload, mode): (Workload, Mode),
    samples: &[&Sample],
    evidence: &Evidence,
    wire: Option<&WireBytes>,
    memory: Option<&Memory>,
) -> Option<Price> {
    let of_arm = |sample: &&Sample| (sample.workload, sample.mode) == (workload, mode);
    let own: Vec<&Sample> = samples.iter().copied().filter(of_arm).collect();
    // Where every kind of credential was measured side by side, they are compared as they stood.
    let experiment = own.iter().map(|sample| sample.experiment).max()?;
    let blocks: Vec<&Sample> = own.into_iter().filter(|sample| sample.experiment == experiment).collect();
    let mean = |metric: Metric| {
        let values: Vec<f64> = blocks.iter().filter_map(|sample| metric.of(sample)).collect();
        interval::mean(&values)
    };
    let all: Vec<&Sample> = evidence.trusted.iter().copied().filter(of_arm).collect();
    Some(Price {
        mode,
        workload,
        server_cpu: mean(Metric::ServerCpu)?,
        store_cpu: if mode.has_redis() { mean(Metric::StoreCpu) } else { None },
        store_calls: mean(Metric::StoreCalls)?.value,
        bytes: mean(Metric::Bytes)?,
        credential_bytes: credential_bytes(mode, wire),
        most_per_second: all.iter().filter_map(|sample| Metric::Throughput.of(sample)).fold(0.0, f64::max),
        most_replicas: all.iter().map(|sample| sample.replicas).max().unwrap_or(1),
        login: login(mode, evidence),
        kept: memory.and_then(|memory| memory.modes.iter().find(|held| held.mode == mode)).map(kept),
    })
}

fn kept(held: &Holding) -> Kept {
    Kept { memory: held.memory, disk: held.database, people: held.most }
}

/// Counted on one request that needs no more than the credential.
fn credential_bytes(mode: Mode, wire: Option<&WireBytes>) -> Option<u64> {
    let mut exchanges = wire?.exchanges.iter().filter(|exchange| exchange.mode == mode);
    exchanges.find(|exchange| exchange.workload == Workload::Whoami).map(|exchange| exchange.credential_bytes)
}

/// The same for all modes of one server: what takes the time is the hash of the password.
fn login(mode: Mode, evidence: &Evidence) -> Option<Login> {
    let twin = if mode.is_stateless() { STATELESS } else { STATEFUL };
    let broken = broken_contracts(evidence.recording).contains(&twin);
    let events = evidence.recording.events.iter().filter(|_| !broken);
    let seen: Vec<&Logins> = events
        .filter_map(|event| match event {
            Event::Logins(logins) if logins.mode == twin && logins.logins > 0 => Some(logins),
            _ => None,
        })
        .collect();
    let mean = |counts: fn(Role) -> bool| {
        let values: Vec<f64> = seen.iter().map(|logins| cpu_each(logins, counts)).collect();
        interval::mean(&values)
    };
    Some(Login {
        server_cpu: mean(|role| matches!(role, Role::Replica(_)))?,
        store_cpu: if mode.has_redis() && twin.has_redis() { mean(|role| role == Role::Redis) } else { None },
        most_per_second: seen.iter().map(|seen| seen.logins as f64 / seen.took.as_secs_f64()).fold(0.0, f64::max),
    })
}

/// µs.
fn cpu_each(logins: &Logins, counts: fn(Role) -> bool) -> f64 {
    let spent = logins.processes.iter().filter(|process| counts(process.role)).map(|process| process.cpu).sum();
    micros(spent) / logins.logins as f64
}
