//! Findings of `credential-cost`: what does each kind of credential cost, and what does an option change about it?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::interval;
use crate::evidence::interval::Estimate;
use crate::evidence::metric::{Metric, cpu_per_request};
use crate::evidence::noise;
use crate::evidence::noise::Band;
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::{Comparison, compare};
use crate::recording::{Experiment, Mode, Purpose, Role, Sample, Workload};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialCost {
    /// The control first, then by mode.
    pub arms: Vec<Arm>,
    /// What a setting does to its server: with it over without it.
    pub settings: Vec<Setting>,
}

/// One kind of credential, all blocks together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub workload: Workload,
    pub blocks: usize,
    pub requests: u64,
    /// µs of CPU a request, in the replica.
    pub server_cpu: f64,
    /// µs of CPU a request, in Redis.
    pub store_cpu: f64,
    /// CPU of the replica over that of the control in the same block.
    pub server_over_control: Option<Estimate>,
    /// The same with Redis' own.
    pub fleet_over_control: Option<Estimate>,
    /// Calls to the session store per request.
    pub store_calls: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    #[serde(skip)]
    pub name: &'static str,
    pub with: Mode,
    pub without: Mode,
    /// CPU of the whole fleet.
    pub ratio: Estimate,
    pub band: Option<Band>,
    pub comparison: Comparison,
}

/// A mode, the one that it is compared with, and what the difference is called.
const SETTINGS: [(Mode, Mode, &str); 6] = [
    (Mode::JwtEs256, Mode::Jwt, "ES256 instead of HS256"),
    (Mode::JwtEs256Cached, Mode::JwtEs256, "ES256: a verify cache"),
    (Mode::JwtDenylist, Mode::Jwt, "HS256: a denylist"),
    (Mode::SessionNearCache, Mode::SessionRedis, "sessions in Redis: a near cache"),
    (Mode::SessionMemory, Mode::SessionRedis, "sessions in memory instead of Redis"),
    (Mode::SessionSql, Mode::SessionRedis, "sessions in SQL instead of Redis"),
];

/// The stateless server, asked by nobody in particular.
const CONTROL: (Workload, Mode) = (Workload::Anonymous, Mode::Jwt);

/// None when no sample can be trusted.
pub fn findings(evidence: &Evidence) -> Option<CredentialCost> {
    let samples = evidence.of(Experiment::CredentialCost);
    let compared: Vec<&Sample> =
        samples.iter().copied().filter(|sample| sample.purpose == Purpose::Comparison).collect();
    compared.first()?;
    let keys: BTreeSet<_> = compared.iter().map(|sample| (sample.workload, sample.mode)).collect();
    let arms = keys.into_iter().map(|key| arm(key, &compared)).collect();
    let settings = SETTINGS.into_iter().filter_map(|compares| setting(compares, &compared, &samples));
    Some(CredentialCost { arms, settings: settings.collect() })
}

fn arm(key: (Workload, Mode), compared: &[&Sample]) -> Arm {
    let own: Vec<&Sample> = compared.iter().copied().filter(|sample| (sample.workload, sample.mode) == key).collect();
    let total = |count: fn(&Sample) -> u64| own.iter().map(|sample| count(sample)).sum::<u64>();
    let mean = |counts: fn(Role) -> bool| {
        let values: Vec<f64> = own.iter().filter_map(|sample| cpu_per_request(sample, counts)).collect();
        interval::mean(&values).map_or(0.0, |mean| mean.value)
    };
    Arm {
        mode: key.1,
        workload: key.0,
        blocks: own.len(),
        requests: total(|sample| sample.outcomes.sent),
        server_cpu: mean(is_replica),
        store_cpu: mean(is_store),
        server_over_control: ratio(key, CONTROL, compared, is_replica),
        fleet_over_control: ratio(key, CONTROL, compared, is_fleet),
        store_calls: total(|sample| sample.store_calls.seen) as f64
            / total(|sample| sample.outcomes.answered()).max(1) as f64,
    }
}

fn setting(
    (with, without, name): (Mode, Mode, &'static str),
    compared: &[&Sample],
    all: &[&Sample],
) -> Option<Setting> {
    let of = |mode| (Workload::Whoami, mode);
    let ratio = ratio(of(with), of(without), compared, is_fleet)?;
    let band = noise::band(all, Metric::FleetCpu, Workload::Whoami);
    Some(Setting { name, with, without, ratio, band, comparison: compare(&ratio, band) })
}

/// Over the blocks in which both ran and both are valid.
fn ratio(a: (Workload, Mode), b: (Workload, Mode), samples: &[&Sample], counts: fn(Role) -> bool) -> Option<Estimate> {
    let by_block = |key: (Workload, Mode)| -> BTreeMap<u32, f64> {
        let own = samples.iter().filter(|sample| (sample.workload, sample.mode) == key);
        own.filter_map(|sample| Some((sample.block, cpu_per_request(sample, counts)?))).collect()
    };
    let (a, b) = (by_block(a), by_block(b));
    let pairs: Vec<(f64, f64)> = a.iter().filter_map(|(block, a)| Some((*a, *b.get(block)?))).collect();
    interval::ratio(&pairs)
}

fn is_replica(role: Role) -> bool {
    matches!(role, Role::Replica(_))
}

fn is_store(role: Role) -> bool {
    matches!(role, Role::Redis | Role::Database)
}

fn is_fleet(role: Role) -> bool {
    role != Role::Generator
}
