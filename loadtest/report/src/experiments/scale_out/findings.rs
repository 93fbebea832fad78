//! Findings of `scale-out`: what does one more replica bring?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::validity::Evidence;
use crate::experiments::scale_out::forecast;
use crate::experiments::scale_out::forecast::{Forecast, LeftOut};
use crate::experiments::scale_out::step::{Step, step, throughput_by_block};
use crate::experiments::scale_out::usl;
use crate::experiments::scale_out::usl::{Block, Fit};
use crate::recording::{Experiment, Header, Limit, Mode, Purpose, Role, Sample, Workload};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleOut {
    pub workload: Workload,
    /// What kept the replicas to their share. None: the recording does not say.
    pub limit: Option<Limit>,
    pub curves: Vec<Curve>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Curve {
    pub mode: Mode,
    /// By number of replicas, ascending.
    pub steps: Vec<Step>,
    /// None with fewer than three numbers of replicas.
    pub fit: Option<Fit>,
    /// What the law says of each number of replicas when it has not seen it.
    pub left_out: Vec<LeftOut>,
    /// What the operational laws say of each, from what was counted with fewer.
    pub forecasts: Vec<Forecast>,
}

/// None when no sample can be trusted.
pub fn findings(evidence: &Evidence) -> Option<ScaleOut> {
    let mut samples = evidence.of(Experiment::ScaleOut);
    samples.retain(|sample| sample.purpose == Purpose::Comparison);
    let first = *samples.first()?;
    let modes: BTreeSet<Mode> = samples.iter().map(|sample| sample.mode).collect();
    let curves = modes.into_iter().map(|mode| curve(&samples, mode, &evidence.recording.header)).collect();
    let replica = first.processes.iter().find(|process| matches!(process.role, Role::Replica(_)));
    let limit = replica.and_then(|replica| replica.limit);
    Some(ScaleOut { workload: first.workload, limit, curves })
}

fn curve(samples: &[&Sample], mode: Mode, header: &Header) -> Curve {
    let mut by_replicas: BTreeMap<u32, Vec<&Sample>> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.mode == mode) {
        by_replicas.entry(sample.replicas).or_default().push(sample);
    }
    let alone = throughput_by_block(by_replicas.get(&1).map_or(&[], Vec::as_slice));
    let step = |(replicas, samples): (&u32, &Vec<&Sample>)| step(*replicas, samples, &alone, header);
    let steps: Vec<Step> = by_replicas.iter().filter_map(step).collect();
    let points: Vec<_> = steps.iter().map(|step| (step.replicas, step.throughput.value)).collect();
    let (fit, left_out) = (usl::fit(&blocks(&by_replicas)), forecast::left_out(&points));
    Curve { mode, fit, left_out, forecasts: forecast::from_demands(&steps), steps }
}

/// Number of replicas → throughput, block by block.
fn blocks(by_replicas: &BTreeMap<u32, Vec<&Sample>>) -> Vec<Block> {
    let mut blocks: BTreeMap<u32, Block> = BTreeMap::new();
    for (replicas, samples) in by_replicas {
        for (block, throughput) in throughput_by_block(samples) {
            blocks.entry(block).or_default().insert(*replicas, throughput);
        }
    }
    blocks.into_values().collect()
}
