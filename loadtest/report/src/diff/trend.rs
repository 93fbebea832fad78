//! Trend over recordings: how did each main figure go, from one to the next?

use serde::Serialize;

use crate::diff::judge::Change;
use crate::diff::seen::{Arm, Blocks, Seen};
use crate::diff::setup::{self, Doubt, Kind, Setup};
use crate::diff::{Diff, Named, Row, diff, figures};
use crate::evidence::interval::{self, Estimate};
use crate::evidence::metric::Metric;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::REGRESSION;
use crate::evidence::validity::Evidence;
use crate::recording::{Experiment, Mode, Recording, Workload};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trend {
    /// In the order in which they were made.
    pub stops: Vec<Stop>,
    /// The main arms, by metric.
    pub lines: Vec<Line>,
    /// First to last, all arms. None when they have nothing in common.
    pub all: Option<Diff>,
}

/// One recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stop {
    pub name: String,
    pub started_at: jiff::Timestamp,
    pub plan: String,
    pub cores: u32,
    /// What is different from the one before.
    pub setups: Vec<Setup>,
    pub doubts: Vec<Doubt>,
}

impl Stop {
    pub fn is_another_machine(&self) -> bool {
        self.setups.iter().any(|setup| setup.kind == Kind::Machine)
    }
}

/// One metric of one arm, recording by recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub arm: Arm,
    pub metric: Metric,
    /// One for each stop. None: not in that recording.
    pub points: Vec<Option<Estimate>>,
    /// From the first stop to the last.
    pub whole: Option<Row>,
    /// Where most of it happened, if any step is more than noise.
    pub largest: Option<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Counted from 0; the step leads to the one behind it.
    pub from: usize,
    pub row: Row,
}

/// Of two recordings or more. They may come in any order.
pub fn trend(named: &[Named]) -> Trend {
    let mut named = named.to_vec();
    named.sort_by_key(|one| one.recording.header.started_at);
    let weighed: Vec<Evidence> = named.iter().map(|one| Evidence::partition_valid(one.recording)).collect();
    let seen: Vec<Seen> = weighed.iter().map(Seen::of).collect();
    let step = |pair: &[Named]| Some(figures(pair[0], pair[1], REGRESSION)).filter(|step| !step.is_empty());
    let steps: Vec<Option<Diff>> = named.windows(2).map(step).collect();
    let all = named.first().zip(named.last()).and_then(|(first, last)| diff(*first, *last, REGRESSION));
    let lines = main_arms(&seen).into_iter().map(|(arm, metric)| line(arm, metric, &seen, &steps, all.as_ref()));
    let lines = lines.collect();
    let before = [None].into_iter().chain(named.iter().map(|one| Some(one.recording)));
    Trend { stops: named.iter().zip(before).map(|(one, before)| stop(*one, before)).collect(), lines, all }
}

fn stop(named: Named, before: Option<&Recording>) -> Stop {
    let header = &named.recording.header;
    Stop {
        name: named.name.to_owned(),
        started_at: header.started_at,
        plan: header.plan.name.clone(),
        cores: header.machine.cores,
        setups: before.map_or_else(Vec::new, |before| setup::between(before, named.recording)),
        doubts: setup::doubts(named.recording),
    }
}

fn line(arm: Arm, metric: Metric, seen: &[Seen], steps: &[Option<Diff>], all: Option<&Diff>) -> Line {
    let row = |diff: &Diff| diff.rows.iter().find(|row| (row.arm, row.metric) == (arm, metric)).cloned();
    let moved = |row: &Row| matches!(row.change, Change::Better | Change::Worse);
    let step = |(from, diff): (usize, &Option<Diff>)| Some(Step { from, row: row(diff.as_ref()?).filter(moved)? });
    Line {
        arm,
        metric,
        points: seen.iter().map(|one| one.blocks(arm, metric).and_then(point)).collect(),
        whole: all.and_then(row),
        largest: steps
            .iter()
            .enumerate()
            .filter_map(step)
            .max_by(|one, other| one.row.distance().total_cmp(&other.row.distance())),
    }
}

/// The geometric mean, like everywhere in a comparison.
fn point(blocks: &Blocks) -> Option<Estimate> {
    let logs: Vec<f64> = blocks.values().map(|value| value.ln()).collect();
    Some(interval::mean(&logs)?.map(f64::exp))
}

/// What one picture each is worth: knowing the caller, on both sides, beside the handler that knows nobody; and the most
/// that the largest fleets which all recordings have could answer.
fn main_arms(seen: &[Seen]) -> Vec<(Arm, Metric)> {
    let mut keys: Vec<(Arm, Metric)> = Vec::new();
    for (arm, metric, _) in seen.iter().flat_map(|one| &one.figures) {
        let often = seen.iter().filter(|one| one.blocks(*arm, *metric).is_some()).count() > 1;
        if often && is_main(*arm, *metric) && !keys.contains(&(*arm, *metric)) {
            keys.push((*arm, *metric));
        }
    }
    let most = keys.iter().filter(|(arm, _)| arm.experiment == Experiment::ScaleOut).map(|(arm, _)| arm.replicas).max();
    keys.retain(|(arm, _)| arm.experiment != Experiment::ScaleOut || Some(arm.replicas) == most);
    keys.sort_by_key(|(arm, metric)| (*metric, arm.place()));
    keys
}

fn is_main(arm: Arm, metric: Metric) -> bool {
    let asks = [STATELESS, STATEFUL].contains(&arm.mode) && arm.workload == Workload::Whoami;
    match (arm.experiment, metric) {
        (Experiment::AuthCost, Metric::ServerCpu | Metric::P50 | Metric::P99) => asks || arm.mode == Mode::Bare,
        (Experiment::AuthCost, Metric::StoreCpu) => asks,
        (Experiment::ScaleOut, Metric::Throughput) => asks,
        _ => false,
    }
}
