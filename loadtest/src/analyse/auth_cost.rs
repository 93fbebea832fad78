//! What does it cost to know who is asking?

use std::collections::BTreeMap;

use serde::Serialize;

use super::interval::{self, Estimate};
use super::measure::{Metric, cpu_per_request};
use super::noise::{self, Band};
use super::sides::{STATEFUL, STATELESS};
use super::trust::Evidence;
use super::verdict::{Comparison, compare};
use crate::recording::{Experiment, Latency, Load, Mode, Purpose, Role, Sample, Tally, Workload};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthCost {
    pub replicas: u32,
    /// By workload, then mode.
    pub arms: Vec<Arm>,
    /// Stateless over stateful, for each workload and metric.
    pub effects: Vec<Effect>,
}

/// One mode under one workload, all blocks together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub workload: Workload,
    pub load: Load,
    pub blocks: usize,
    pub requests: u64,
    /// Requests that were not answered well.
    pub failed: u64,
    /// µs of CPU a request, in the replicas.
    pub server_cpu: f64,
    /// µs of CPU a request, in Redis and the database.
    pub store_cpu: f64,
    /// CPU of the whole fleet over that of its own control; the bare handler stands beside the stateless control.
    pub times_control: Option<f64>,
    pub spectrum: Vec<Point>,
    /// Counted by the store, a request.
    pub store_calls: f64,
    pub sql_statements: f64,
}

impl Arm {
    pub fn fleet_cpu(&self) -> f64 {
        self.server_cpu + self.store_cpu
    }

    /// µs; None for a share that was not asked for or that too few requests can tell.
    pub fn latency(&self, share: f64) -> Option<f64> {
        self.spectrum.iter().find(|point| (point.share - share).abs() < 1e-9).map(|point| point.micros)
    }
}

/// This share of the requests ended within so many µs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    pub share: f64,
    pub micros: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    pub workload: Workload,
    pub metric: Metric,
    pub ratio: Estimate,
    /// The same after each side's own control is taken off; for the CPU only.
    pub net_of_control: Option<Estimate>,
    pub band: Option<Band>,
    pub comparison: Comparison,
}

/// None when no sample can be trusted.
pub fn findings(evidence: &Evidence) -> Option<AuthCost> {
    let samples = evidence.of(Experiment::AuthCost);
    let compared: Vec<&Sample> =
        samples.iter().copied().filter(|sample| sample.purpose == Purpose::Comparison).collect();
    let replicas = compared.first()?.replicas;
    let mut arms: BTreeMap<(Workload, Mode), Vec<&Sample>> = BTreeMap::new();
    for sample in &compared {
        arms.entry((sample.workload, sample.mode)).or_default().push(sample);
    }
    let mut arms: Vec<Arm> = arms.into_values().map(|samples| arm(&samples)).collect();
    compare_with_control(&mut arms);
    let effects = effects(&samples, &compared);
    Some(AuthCost { replicas, arms, effects })
}

fn arm(samples: &[&Sample]) -> Arm {
    let (mut latency, mut store, mut sql) = (Latency::default(), Tally::default(), Tally::default());
    for sample in samples {
        latency.add(&sample.latency);
        store.seen += sample.store_calls.seen;
        sql.seen += sample.sql_statements.seen;
    }
    let requests: u64 = samples.iter().map(|sample| sample.outcomes.sent).sum();
    let answered: u64 = samples.iter().map(|sample| sample.outcomes.answered()).sum();
    let is_server = |role| matches!(role, Role::Replica(_));
    let is_store = |role| matches!(role, Role::Redis | Role::Database);
    Arm {
        mode: samples[0].mode,
        workload: samples[0].workload,
        load: samples[0].load,
        blocks: samples.len(),
        requests,
        failed: requests - samples.iter().map(|sample| sample.outcomes.ok).sum::<u64>(),
        server_cpu: mean(samples, |sample| cpu_per_request(sample, is_server)),
        store_cpu: mean(samples, |sample| cpu_per_request(sample, is_store)),
        times_control: None,
        spectrum: spectrum(&latency),
        store_calls: store.seen as f64 / answered as f64,
        sql_statements: sql.seen as f64 / answered as f64,
    }
}

/// Every block counts the same, whatever it carried. Zero without any.
fn mean(samples: &[&Sample], value: impl Fn(&Sample) -> Option<f64>) -> f64 {
    let values: Vec<f64> = samples.iter().filter_map(|sample| value(sample)).collect();
    interval::mean(&values).map_or(0.0, |mean| mean.value)
}

/// From the median up to p99.9, evenly in "nines", and no further than ten requests can bear witness.
fn spectrum(latency: &Latency) -> Vec<Point> {
    let named = [0.5, 0.9, 0.99, 0.999];
    let between = (4..30).map(|tenth| 1.0 - 10f64.powf(-f64::from(tenth) / 10.0));
    let mut shares: Vec<f64> = between.filter(|share| named.iter().all(|name| (name - share).abs() > 1e-6)).collect();
    shares.extend(named);
    shares.sort_by(f64::total_cmp);
    let told = |share: &f64| (1.0 - share) * latency.count() as f64 >= 10.0;
    let point = |share| Point { share, micros: latency.quantile(share).as_secs_f64() * 1e6 };
    shares.into_iter().filter(told).map(point).collect()
}

fn compare_with_control(arms: &mut [Arm]) {
    let mut controls: BTreeMap<Mode, f64> =
        arms.iter().filter(|arm| arm.workload == Workload::Anonymous).map(|arm| (arm.mode, arm.fleet_cpu())).collect();
    if let Some(control) = controls.get(&STATELESS) {
        controls.insert(Mode::Bare, *control);
    }
    for arm in arms {
        let control = controls.get(&arm.mode).filter(|&&control| control > 0.0);
        arm.times_control = control.map(|control| arm.fleet_cpu() / control);
    }
}

fn effects(samples: &[&Sample], compared: &[&Sample]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for workload in [Workload::Anonymous, Workload::Whoami, Workload::Profile, Workload::Journey] {
        for metric in [Metric::FleetCpu, Metric::P50, Metric::P99] {
            let Some(ratio) = interval::ratio(&pairs(compared, workload, metric)) else { continue };
            let band = noise::band(samples, metric, workload);
            let net_of_control = net_of_control(compared, workload, metric);
            effects.push(Effect { workload, metric, ratio, net_of_control, band, comparison: compare(&ratio, band) });
        }
    }
    effects
}

/// (stateless, stateful) of each block in which both ran and both are valid.
fn pairs(samples: &[&Sample], workload: Workload, metric: Metric) -> Vec<(f64, f64)> {
    let (stateless, stateful) =
        (by_block(samples, STATELESS, workload, metric), by_block(samples, STATEFUL, workload, metric));
    stateless.iter().filter_map(|(block, a)| Some((*a, *stateful.get(block)?))).collect()
}

fn net_of_control(samples: &[&Sample], workload: Workload, metric: Metric) -> Option<Estimate> {
    if workload == Workload::Anonymous || metric != Metric::FleetCpu {
        return None;
    }
    let net = |mode| {
        let control = by_block(samples, mode, Workload::Anonymous, metric);
        let gross = by_block(samples, mode, workload, metric);
        gross.into_iter().filter_map(move |(block, gross)| Some((block, gross - control.get(&block)?)))
    };
    let stateful: BTreeMap<u32, f64> = net(STATEFUL).collect();
    let pairs: Vec<_> = net(STATELESS).filter_map(|(block, a)| Some((a, *stateful.get(&block)?))).collect();
    interval::ratio(&pairs)
}

fn by_block(samples: &[&Sample], mode: Mode, workload: Workload, metric: Metric) -> BTreeMap<u32, f64> {
    let arm = samples.iter().filter(|sample| sample.mode == mode && sample.workload == workload);
    arm.filter_map(|sample| Some((sample.block, metric.of(sample)?))).collect()
}
