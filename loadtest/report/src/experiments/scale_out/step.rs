//! Step of a fleet: what was seen with one number of replicas?

use serde::Serialize;

use crate::evidence::blocks::{self, ByBlock};
use crate::evidence::component::Component;
use crate::evidence::interval::{self, Estimate};
use crate::evidence::metric::Metric;
use crate::evidence::operational::{self, Demand};
use crate::evidence::thresholds::SATURATED;
use crate::recording::{Header, Load, Process, Role, Sample};

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
    pub demands: Vec<Demand>,
    /// The share of its periods in which a replica was held back; None when nothing was capped.
    pub replicas_throttled: Option<f64>,
    pub redis_throttled: Option<f64>,
}

impl Step {
    /// What holds the rest back, or nobody.
    pub fn saturated(&self) -> Option<Component> {
        self.utilisation.first().filter(|(_, used)| *used >= SATURATED).map(|(component, _)| *component)
    }

    /// The test bench itself, when it ran out before any part of the fleet did.
    pub fn outside_limit(&self) -> Option<Component> {
        match self.crowded {
            true => Some(Component::ServerCores),
            false => self.saturated().filter(|component| component.is_outside()),
        }
    }

    pub fn used(&self, wanted: Component) -> Option<f64> {
        self.utilisation.iter().find(|(component, _)| *component == wanted).map(|(_, used)| *used)
    }
}

/// None without a sample.
pub(crate) fn step(replicas: u32, samples: &[&Sample], alone: &ByBlock, header: &Header) -> Option<Step> {
    let first = samples.first()?;
    let throughput = blocks::by_block(samples, Metric::Throughput);
    let ideal = alone.iter().map(|(block, alone)| (*block, alone * f64::from(replicas))).collect();
    let limit = |component: Component| component.limit(first, header);
    Some(Step {
        replicas,
        load: first.load,
        of_ideal: blocks::ratio(&throughput, &ideal),
        throughput: interval::mean(&throughput.into_values().collect::<Vec<_>>())?,
        crowded: limit(Component::Replicas) > limit(Component::ServerCores) * ROUNDED,
        utilisation: utilisation(samples, header),
        demands: demands(samples, header),
        replicas_throttled: throttled(samples, |process| matches!(process.role, Role::Replica(_))),
        redis_throttled: throttled(samples, |process| process.role == Role::Redis),
    })
}

/// Ten tenths are one.
const ROUNDED: f64 = 1.0 + 1e-9;

fn utilisation(samples: &[&Sample], header: &Header) -> Vec<(Component, f64)> {
    let used = |component: Component| {
        let share = |sample: &Sample| Some(component.busy(sample, header)? / component.limit(sample, header));
        Some((component, blocks::mean_of(samples, share)?.value))
    };
    let mut utilisation: Vec<_> = Component::ALL.into_iter().filter_map(used).collect();
    utilisation.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    utilisation
}

/// The mean of what each block counted.
fn demands(samples: &[&Sample], header: &Header) -> Vec<Demand> {
    let counted: Vec<Demand> = samples.iter().flat_map(|sample| operational::demands(sample, header)).collect();
    let mean = |component: Component| {
        let own = || counted.iter().filter(|demand| demand.component == component);
        let seconds = interval::mean(&own().map(|demand| demand.seconds).collect::<Vec<_>>())?.value;
        Some(Demand { component, seconds, limit: own().next()?.limit })
    };
    Component::ALL.into_iter().filter_map(mean).collect()
}

fn throttled(samples: &[&Sample], counts: fn(&Process) -> bool) -> Option<f64> {
    let processes = samples.iter().flat_map(|sample| &sample.processes).filter(|process| counts(process));
    let quotas: Vec<_> = processes.filter_map(|process| process.limit?.quota()).collect();
    let periods: u64 = quotas.iter().map(|quota| quota.periods).sum();
    let held_back: u64 = quotas.iter().map(|quota| quota.throttled_periods).sum();
    (periods > 0).then(|| held_back as f64 / periods as f64)
}
