//! Comparison of two recordings: what changed, and is it more than noise?
//!
//! Two runs at different times are not one interleaved run: between them the machine itself may have changed. So each
//! arm is also held against a control of its own block, in both recordings, and that decides where there is one.

pub mod chance;
pub mod effect;
pub mod judge;
pub mod page;
pub mod seen;
pub mod setup;
pub mod trend;
pub mod verdicts;

use serde::Serialize;

use crate::evidence::interval::average;
use crate::evidence::metric::Metric;
use crate::evidence::validity::Evidence;
use crate::recording::{Mode, Recording};
use effect::{Effect, Net, Pairing};
use judge::{Change, Why};
use seen::{Arm, Blocks, Seen};
use setup::{Doubt, Setup};
use verdicts::Marked;

/// A recording, and what to call it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub name: &'a str,
    pub recording: &'a Recording,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    pub a: Side,
    pub b: Side,
    /// A regression is worse by more than this share, and by more than noise.
    pub threshold: f64,
    pub pairing: Pairing,
    /// What else was different, besides the servers.
    pub setups: Vec<Setup>,
    /// B over A, of a handler without any of our code.
    pub machine: Option<Effect>,
    /// By experiment, workload, mode and metric.
    pub rows: Vec<Row>,
    /// What became of each claim of the textbook.
    pub verdicts: Vec<Marked>,
}

/// One of the two recordings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    pub name: String,
    pub started_at: jiff::Timestamp,
    pub plan: String,
    pub seed: u64,
    pub samples: usize,
    /// Samples that decide nothing; the recording's own report lists them.
    pub excluded: usize,
    pub command: Vec<String>,
    pub doubts: Vec<Doubt>,
}

impl Side {
    fn broken(&self) -> impl Iterator<Item = (Mode, &[String])> {
        self.doubts.iter().filter_map(|doubt| match doubt {
            Doubt::Broken { mode, failures } => Some((*mode, failures.as_slice())),
            _ => None,
        })
    }
}

/// One metric of one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub arm: Arm,
    pub metric: Metric,
    /// The geometric mean over blocks. None: not in this recording.
    pub a: Option<f64>,
    pub b: Option<f64>,
    pub effect: Option<Effect>,
    /// Net of the machine: what decides where it is there.
    pub net: Option<Net>,
    /// The wider of both A/A bands, as a factor.
    pub noise: f64,
    pub change: Change,
    pub why: Why,
    /// Worse by more than noise and by more than the threshold.
    pub regression: bool,
}

impl Row {
    /// The effect that decides.
    pub fn telling(&self) -> Option<Effect> {
        self.net.map(|net| net.effect).or(self.effect)
    }

    /// How far the second is from the first, whichever way; infinite where there is no ratio.
    pub(crate) fn distance(&self) -> f64 {
        self.telling().map_or(f64::INFINITY, |effect| effect.ratio.value.ln().abs())
    }
}

impl Diff {
    pub fn regressions(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.regression)
    }

    /// Rows that both recordings have; the handler without our code is no server of ours.
    pub fn compared(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.a.is_some() && row.b.is_some() && row.arm.mode != Mode::Bare)
    }

    /// Whether no figure is in both, and B voided none: there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.compared().next().is_none() && self.passes()
    }

    /// A fleet that only now breaks its contract is worse than a slow one.
    pub fn is_regression(&self) -> bool {
        self.regressions().next().is_some() || self.newly_broken().next().is_some()
    }

    /// What to exit with. A change that voids its own samples must not pass because nothing is left of them.
    pub fn passes(&self) -> bool {
        !self.is_regression() && self.cannot_be_told().next().is_none()
    }

    /// Rows of A that B measured, too, and nothing of that counts.
    pub fn cannot_be_told(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.change == Change::CannotBeTold)
    }

    /// Fleets that keep their contract in A.
    pub fn newly_broken(&self) -> impl Iterator<Item = Mode> {
        self.b.broken().map(|(mode, _)| mode).filter(|mode| self.a.broken().all(|(other, _)| other != *mode))
    }

    /// What fleets that break their contract in both do wrong in B alone. The words may be new and the fault old.
    pub fn other_failures(&self) -> impl Iterator<Item = (Mode, &str)> {
        let all = self.b.broken().flat_map(|(mode, failures)| failures.iter().map(move |one| (mode, one)));
        let known = |mode, one: &String| self.a.broken().any(|(other, all)| other == mode && all.contains(one));
        let in_a = |mode| self.a.broken().any(|(other, _)| other == mode);
        all.filter(move |(mode, one)| in_a(*mode) && !known(*mode, one)).map(|(mode, one)| (mode, one.as_str()))
    }
}

/// None when nothing is in both, neither a figure nor a verdict.
pub fn diff(a: Named, b: Named, threshold: f64) -> Option<Diff> {
    let verdicts = verdicts::side_by_side(a.recording, b.recording);
    let diff = Diff { verdicts, ..figures(a, b, threshold) };
    let in_both = diff.verdicts.iter().any(|marked| marked.agrees().is_some());
    (in_both || !diff.is_empty()).then_some(diff)
}

/// The same without the verdicts, which take many times as long.
pub fn figures(a: Named, b: Named, threshold: f64) -> Diff {
    let weighed = [a, b].map(|one| Evidence::partition_valid(one.recording));
    let [of_a, of_b] = [Seen::of(&weighed[0]), Seen::of(&weighed[1])];
    let pairing = setup::pairing(a.recording, b.recording);
    let machine = effect::of_the_machine(&of_a, &of_b, pairing);
    let mut rows = rows(&of_a, &of_b, pairing);
    judge::all(&mut rows, machine, threshold);
    let [a_side, b_side] = [(a, &weighed[0]), (b, &weighed[1])].map(|(named, evidence)| side(named, evidence));
    let setups = setup::between(a.recording, b.recording);
    Diff { a: a_side, b: b_side, threshold, pairing, setups, machine, rows, verdicts: Vec::new() }
}

fn side(named: Named, evidence: &Evidence) -> Side {
    let header = &named.recording.header;
    Side {
        name: named.name.to_owned(),
        started_at: header.started_at,
        plan: header.plan.name.clone(),
        seed: header.seed,
        samples: named.recording.samples().count(),
        excluded: evidence.excluded.len(),
        command: header.command.clone(),
        doubts: setup::doubts(named.recording),
    }
}

fn rows(a: &Seen, b: &Seen, pairing: Pairing) -> Vec<Row> {
    let only_b = b.figures.iter().filter(|(arm, metric, _)| a.blocks(*arm, *metric).is_none());
    let mut keys: Vec<(Arm, Metric)> = a.figures.iter().chain(only_b).map(|(arm, metric, _)| (*arm, *metric)).collect();
    keys.sort_by(|(one, first), (other, second)| (one.place(), first).cmp(&(other.place(), second)));
    keys.into_iter().map(|(arm, metric)| row(a, b, arm, metric, pairing)).filter(says_something).collect()
}

fn row(a: &Seen, b: &Seen, arm: Arm, metric: Metric, pairing: Pairing) -> Row {
    let (of_a, of_b) = (a.blocks(arm, metric), b.blocks(arm, metric));
    let both = of_a.zip(of_b);
    let (change, why) = judge::nothing(of_a.is_some(), of_b.is_some(), b.is_void(arm));
    Row {
        arm,
        metric,
        a: of_a.map(typical),
        b: of_b.map(typical),
        effect: both.and_then(|(of_a, of_b)| effect::effect(of_a, of_b, pairing)),
        net: effect::net(a, b, arm, metric, pairing),
        noise: a.noise(arm, metric).max(b.noise(arm, metric)),
        change,
        why,
        regression: false,
    }
}

/// A store that nobody asks, and requests of which none ever fails, are no news.
fn says_something(row: &Row) -> bool {
    let never = if row.metric == Metric::AnsweredWell { 1.0 } else { 0.0 };
    [row.a, row.b].into_iter().flatten().any(|value| value != never)
}

/// The geometric mean, which is what ratios are made of; with zeros, which have none, the plain one.
fn typical(blocks: &Blocks) -> f64 {
    let values: Vec<f64> = blocks.values().copied().collect();
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    if values.contains(&0.0) { average(&values) } else { average(&logs).exp() }
}
