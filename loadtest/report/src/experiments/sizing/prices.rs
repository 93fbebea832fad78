//! Unit prices: what was measured of one request, one login and one user who is logged in?

use std::collections::BTreeSet;

use crate::evidence::interval::Estimate;
use crate::evidence::metric::{Metric, micros};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::validity::{Evidence, broken_contracts};
use crate::evidence::{blocks, interval};
use crate::experiments::memory::Memory;
use crate::experiments::request_size::WireBytes;
use crate::experiments::sizing::Tested;
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
    /// µs a login.
    pub(crate) login_cpu: Option<Estimate>,
    /// The same in Redis.
    pub(crate) login_store_cpu: Option<Estimate>,
    /// Of a login for as long as it lasts.
    pub(crate) memory: Option<Estimate>,
    pub(crate) disk: Option<Estimate>,
    pub(crate) tested: Tested,
}

/// The credential alone, in as many modes as there are; and a whole visit.
const PRICED: [Workload; 2] = [Workload::Whoami, Workload::Journey];

pub(crate) fn all(evidence: &Evidence, wire: Option<&WireBytes>, memory: Option<&Memory>) -> Vec<Price> {
    let samples: Vec<&Sample> = evidence.valid.iter().copied().filter(|sample| tells_a_price(sample)).collect();
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
    let mut own = blocks::of_arm(samples, (workload, mode));
    // Where every kind of credential was measured side by side, they are compared as they stood.
    let experiment = own.iter().map(|sample| sample.experiment).max()?;
    own.retain(|sample| sample.experiment == experiment);
    let mean = |metric| blocks::mean(&own, metric);
    let all = blocks::of_arm(&evidence.valid, (workload, mode));
    let held = memory.and_then(|memory| memory.modes.iter().find(|held| held.mode == mode));
    let logins = logins(server(mode), evidence);
    let login_cpu = |counts| interval::mean(&logins.iter().map(|logins| cpu_each(logins, counts)).collect::<Vec<_>>());
    let store_is_priced = mode.has_redis() && server(mode).has_redis();
    Some(Price {
        mode,
        workload,
        server_cpu: mean(Metric::ServerCpu)?,
        store_cpu: if mode.has_redis() { mean(Metric::StoreCpu) } else { None },
        store_calls: mean(Metric::StoreCalls)?.value,
        bytes: mean(Metric::Bytes)?,
        credential_bytes: credential_bytes(mode, wire),
        login_cpu: login_cpu(|role| matches!(role, Role::Replica(_))),
        login_store_cpu: if store_is_priced { login_cpu(|role| role == Role::Redis) } else { None },
        memory: held.map(|held| held.memory),
        disk: held.map(|held| held.database),
        tested: Tested {
            per_second: all.iter().filter_map(|sample| Metric::Throughput.of(sample)).fold(0.0, f64::max),
            replicas: all.iter().map(|sample| sample.replicas).max().unwrap_or(1),
            logins_per_second: logins.iter().map(|seen| seen.logins as f64 / seen.took.as_secs_f64()).reduce(f64::max),
            people: held.map(|held| held.most),
        },
    })
}

/// Counted on one request that needs no more than the credential.
fn credential_bytes(mode: Mode, wire: Option<&WireBytes>) -> Option<u64> {
    let mut exchanges = wire?.exchanges.iter().filter(|exchange| exchange.mode == mode);
    exchanges.find(|exchange| exchange.workload == Workload::Whoami).map(|exchange| exchange.credential_bytes)
}

/// A login takes the same in all modes of one server: what takes the time is the hash of the password.
fn server(mode: Mode) -> Mode {
    if mode.is_stateless() { STATELESS } else { STATEFUL }
}

/// None where its fleet is not to be believed.
fn logins<'a>(server: Mode, evidence: &Evidence<'a>) -> Vec<&'a Logins> {
    let broken = broken_contracts(evidence.recording).contains(&server);
    let logins = evidence.recording.events.iter().filter_map(|event| match event {
        Event::Logins(logins) if logins.mode == server && logins.logins > 0 => Some(logins),
        _ => None,
    });
    logins.filter(|_| !broken).collect()
}

/// µs.
fn cpu_each(logins: &Logins, counts: fn(Role) -> bool) -> f64 {
    let spent = logins.processes.iter().filter(|process| counts(process.role)).map(|process| process.cpu).sum();
    micros(spent) / logins.logins as f64
}
