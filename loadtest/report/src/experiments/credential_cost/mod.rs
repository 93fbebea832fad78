//! Experiment `credential-cost`: what does each kind of credential cost?

pub mod chapter;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::evidence::interval::Estimate;
use crate::evidence::metric::Metric;
use crate::evidence::noise::Band;
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::{Comparison, compare};
use crate::evidence::{blocks, noise};
use crate::experiments::spec::ExperimentSpec;
use crate::recording::{Experiment, Mode, Sample, Workload};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<CredentialCost> = ExperimentSpec {
    name: Experiment::CredentialCost,
    question: "What does each kind of credential cost?",
    prediction: "A signature is only arithmetic, so any token is cheaper than any session; and a denylist costs what a \
                 session costs.",
    claims: &[],
    find: |evidence, _| findings(evidence),
    section,
};

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
    let compared = blocks::compared(evidence, Experiment::CredentialCost);
    compared.first()?;
    let band = noise::band(&evidence.of(Experiment::CredentialCost), Metric::FleetCpu, Workload::Whoami);
    let keys: BTreeSet<_> = compared.iter().map(|sample| (sample.workload, sample.mode)).collect();
    let arms = keys.into_iter().map(|key| arm(key, &compared)).collect();
    let settings = SETTINGS.into_iter().filter_map(|compares| setting(compares, &compared, band));
    Some(CredentialCost { arms, settings: settings.collect() })
}

fn arm(key: (Workload, Mode), compared: &[&Sample]) -> Arm {
    let own = blocks::of_arm(compared, key);
    let total = |count: fn(&Sample) -> u64| own.iter().map(|sample| count(sample)).sum::<u64>();
    let mean = |metric| blocks::mean(&own, metric).map_or(0.0, |mean| mean.value);
    Arm {
        mode: key.1,
        workload: key.0,
        blocks: own.len(),
        requests: total(|sample| sample.outcomes.sent),
        server_cpu: mean(Metric::ServerCpu),
        store_cpu: mean(Metric::StoreCpu),
        server_over_control: ratio(compared, key, CONTROL, Metric::ServerCpu),
        fleet_over_control: ratio(compared, key, CONTROL, Metric::FleetCpu),
        store_calls: total(|sample| sample.store_calls.seen) as f64
            / total(|sample| sample.outcomes.answered()).max(1) as f64,
    }
}

fn setting(
    (with, without, name): (Mode, Mode, &'static str),
    compared: &[&Sample],
    band: Option<Band>,
) -> Option<Setting> {
    let ratio = ratio(compared, (Workload::Whoami, with), (Workload::Whoami, without), Metric::FleetCpu)?;
    Some(Setting { name, with, without, ratio, band, comparison: compare(&ratio, band) })
}

fn ratio(samples: &[&Sample], a: (Workload, Mode), b: (Workload, Mode), metric: Metric) -> Option<Estimate> {
    let [a, b] = [a, b].map(|arm| blocks::by_block(&blocks::of_arm(samples, arm), metric));
    blocks::ratio(&a, &b)
}
