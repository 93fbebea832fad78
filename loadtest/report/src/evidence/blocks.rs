//! Blocks: what do the samples of one arm say, block by block?

use std::collections::BTreeMap;

use crate::evidence::interval::{self, Estimate};
use crate::evidence::metric::Metric;
use crate::evidence::validity::Evidence;
use crate::recording::{Experiment, Mode, Purpose, Sample, Workload};

/// Block → the figure.
pub(crate) type ByBlock = BTreeMap<u32, f64>;

/// Those of an experiment that are compared with each other.
pub(crate) fn compared<'a>(evidence: &'a Evidence, experiment: Experiment) -> Vec<&'a Sample> {
    let mut samples = evidence.of(experiment);
    samples.retain(|sample| sample.purpose == Purpose::Comparison);
    samples
}

pub(crate) fn of_arm<'a>(samples: &[&'a Sample], arm: (Workload, Mode)) -> Vec<&'a Sample> {
    samples.iter().copied().filter(|sample| (sample.workload, sample.mode) == arm).collect()
}

/// Every block counts the same, whatever it carried.
pub(crate) fn mean(samples: &[&Sample], metric: Metric) -> Option<Estimate> {
    mean_of(samples, |sample| metric.of(sample))
}

pub(crate) fn mean_of(samples: &[&Sample], figure: impl Fn(&Sample) -> Option<f64>) -> Option<Estimate> {
    interval::mean(&samples.iter().filter_map(|sample| figure(sample)).collect::<Vec<_>>())
}

pub(crate) fn by_block(samples: &[&Sample], metric: Metric) -> ByBlock {
    samples.iter().filter_map(|sample| Some((sample.block, metric.of(sample)?))).collect()
}

/// Both in each block in which both ran and both are valid.
pub(crate) fn pairs(a: &ByBlock, b: &ByBlock) -> Vec<(f64, f64)> {
    a.iter().filter_map(|(block, a)| Some((*a, *b.get(block)?))).collect()
}

/// A over B, within the blocks that have both.
pub(crate) fn ratio(a: &ByBlock, b: &ByBlock) -> Option<Estimate> {
    interval::ratio(&pairs(a, b))
}
