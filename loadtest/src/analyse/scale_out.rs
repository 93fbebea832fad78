//! What does one more replica bring?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::interval::{self, Estimate};
use super::measure::{Metric, cpu};
use super::thresholds::SATURATED;
use super::trust::Evidence;
use crate::recording::{Experiment, Header, Load, Mode, Purpose, Role, Sample, Workload};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleOut {
    pub workload: Workload,
    pub curves: Vec<Curve>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Curve {
    pub mode: Mode,
    /// By number of replicas, ascending.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub replicas: u32,
    pub load: Load,
    /// Good answers a second.
    pub throughput: Estimate,
    /// Throughput over that of one replica times their number; 1 is ideal. None without a run of one replica.
    pub of_ideal: Option<Estimate>,
    /// Without caps, or with too high ones: together the replicas may use more than the cores that they share.
    pub crowded: bool,
    /// Component → the share of its own limit that it used; the highest first.
    pub utilisation: Vec<(Component, f64)>,
}

impl Step {
    /// What holds the rest back, or nobody.
    pub fn saturated(&self) -> Option<Component> {
        self.utilisation.first().filter(|(_, used)| *used >= SATURATED).map(|(component, _)| *component)
    }

    /// The test bench itself, when it ran out before any part of the fleet did.
    pub fn outside_limit(&self) -> Option<Component> {
        let outside = [Component::Generator, Component::ServerCores, Component::Machine];
        match self.crowded {
            true => Some(Component::ServerCores),
            false => self.saturated().filter(|component| outside.contains(component)),
        }
    }

    pub fn used(&self, wanted: Component) -> Option<f64> {
        self.utilisation.iter().find(|(component, _)| *component == wanted).map(|(_, used)| *used)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Component {
    Replicas,
    Redis,
    Database,
    Generator,
    /// Those that all replicas share.
    ServerCores,
    /// All cores together, whoever uses them.
    Machine,
}

/// None when no sample can be trusted.
pub fn findings(evidence: &Evidence) -> Option<ScaleOut> {
    let mut samples = evidence.of(Experiment::ScaleOut);
    samples.retain(|sample| sample.purpose == Purpose::Comparison);
    let first = *samples.first()?;
    let modes: BTreeSet<Mode> = samples.iter().map(|sample| sample.mode).collect();
    let curves = modes.into_iter().map(|mode| curve(&samples, mode, &evidence.recording.header)).collect();
    Some(ScaleOut { workload: first.workload, curves })
}

fn curve(samples: &[&Sample], mode: Mode, header: &Header) -> Curve {
    let mut by_replicas: BTreeMap<u32, Vec<&Sample>> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.mode == mode) {
        by_replicas.entry(sample.replicas).or_default().push(sample);
    }
    let alone = throughput_by_block(by_replicas.get(&1).map_or(&[], Vec::as_slice));
    let steps = by_replicas.iter().filter_map(|(replicas, samples)| step(*replicas, samples, &alone, header)).collect();
    Curve { mode, steps }
}

fn step(replicas: u32, samples: &[&Sample], alone: &BTreeMap<u32, f64>, header: &Header) -> Option<Step> {
    let throughput = throughput_by_block(samples);
    let shares = throughput.iter().filter_map(|(block, all)| Some((*all, *alone.get(block)? * f64::from(replicas))));
    let of_ideal = interval::ratio(&shares.collect::<Vec<_>>());
    let throughput = interval::mean(&throughput.into_values().collect::<Vec<_>>())?;
    Some(Step {
        replicas,
        load: samples.first()?.load,
        throughput,
        of_ideal,
        crowded: Component::Replicas.limit(header) * f64::from(replicas) > Component::ServerCores.limit(header),
        utilisation: utilisation(samples, header),
    })
}

fn throughput_by_block(samples: &[&Sample]) -> BTreeMap<u32, f64> {
    samples.iter().filter_map(|sample| Some((sample.block, Metric::Throughput.of(sample)?))).collect()
}

fn utilisation(samples: &[&Sample], header: &Header) -> Vec<(Component, f64)> {
    use Component::{Database, Generator, Machine, Redis, Replicas, ServerCores};
    let all = [Replicas, Redis, Database, Generator, ServerCores, Machine];
    let used = |component| {
        let shares: Vec<f64> = samples.iter().filter_map(|sample| share(sample, component, header)).collect();
        Some((component, interval::mean(&shares)?.value))
    };
    let mut utilisation: Vec<_> = all.into_iter().filter_map(used).collect();
    utilisation.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    utilisation
}

/// None when the fleet has no such process.
fn share(sample: &Sample, component: Component, header: &Header) -> Option<f64> {
    let count = sample.processes.iter().filter(|process| component.has(process.role)).count();
    let limit_cores = component.limit(header) * if component == Component::Replicas { count as f64 } else { 1.0 };
    let used = cpu(sample, |role| component.has(role)).as_secs_f64() / sample.duration.as_secs_f64();
    (count > 0).then_some(used / limit_cores)
}

impl Component {
    fn has(self, role: Role) -> bool {
        match self {
            Component::Replicas | Component::ServerCores => matches!(role, Role::Replica(_)),
            Component::Redis => role == Role::Redis,
            Component::Database => role == Role::Database,
            Component::Generator => role == Role::Generator,
            Component::Machine => true,
        }
    }

    /// Cores that one process of this kind may use: its cap, else what it can make use of, else the cores it is pinned
    /// to.
    fn limit(self, header: &Header) -> f64 {
        let cores = f64::from(header.machine.cores);
        let pinned = |role: &str| header.pinning.get(role).map_or(cores, |cores| cores.len() as f64);
        let cap = |role: &str| header.caps.get(role).copied();
        match self {
            // One worker each, and Redis runs commands on one thread.
            Component::Replicas => cap("replica").unwrap_or(1.0),
            Component::Redis => cap("redis").unwrap_or(1.0),
            Component::Database => cap("database").unwrap_or(pinned("database")),
            Component::Generator => cap("generator").unwrap_or(pinned("generator")),
            Component::ServerCores => pinned("servers"),
            Component::Machine => cores,
        }
    }
}

impl Display for Component {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        to.write_str(match self {
            Component::Replicas => "the replicas",
            Component::Redis => "Redis",
            Component::Database => "the database",
            Component::Generator => "the load generator",
            Component::ServerCores => "the cores that the replicas share",
            Component::Machine => "the whole machine",
        })
    }
}
