//! Experiment `scale-out`: what does one more replica bring?

pub mod chapter;
pub mod forecast;
pub mod step;
pub mod usl;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::claims::{Decision, Strength, Yardstick};
use crate::evidence::component::Component;
use crate::evidence::metric::Metric;
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{FEWEST_BLOCKS, SATURATED, SCALES};
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::Verdict;
use crate::evidence::{blocks, verdict};
use crate::experiments::scale_out::forecast::{Forecast, LeftOut};
use crate::experiments::scale_out::step::{Step, step};
use crate::experiments::scale_out::usl::{Block, Fit};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::percent;
use crate::recording::{Experiment, Header, Limit, Mode, Role, Sample, Workload};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<ScaleOut> = ExperimentSpec {
    name: Experiment::ScaleOut,
    question: "What does one more replica bring?",
    prediction: "Stateless replicas share nothing, so each brings as much as the first. Stateful ones share their session \
                 store, and that becomes the limit.",
    claims: &[
        claim("stateless-fleet-grows", Stateless, "A stateless fleet grows with its replicas", |scale| {
            grows(scale, STATELESS)
        }),
        claim(
            "stateful-fleet-is-limited-by-its-store",
            Stateful,
            "A stateful fleet is limited by its session storage",
            limited_by_store,
        ),
    ],
    find: |evidence, _| findings(evidence),
    section,
};

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
    let samples = blocks::compared(evidence, Experiment::ScaleOut);
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
    let alone = blocks::by_block(by_replicas.get(&1).map_or(&[], Vec::as_slice), Metric::Throughput);
    let step = |(replicas, samples): (&u32, &Vec<&Sample>)| step(*replicas, samples, &alone, header);
    let steps: Vec<Step> = by_replicas.iter().filter_map(step).collect();
    let points: Vec<_> = steps.iter().map(|step| (step.replicas, step.throughput.value)).collect();
    let (fit, left_out) = (usl::fit(&throughputs(&by_replicas)), forecast::left_out(&points));
    Curve { mode, fit, left_out, forecasts: forecast::from_demands(&steps), steps }
}

/// Number of replicas → throughput, block by block.
fn throughputs(by_replicas: &BTreeMap<u32, Vec<&Sample>>) -> Vec<Block> {
    let mut blocks: BTreeMap<u32, Block> = BTreeMap::new();
    for (replicas, samples) in by_replicas {
        for (block, throughput) in blocks::by_block(samples, Metric::Throughput) {
            blocks.entry(block).or_default().insert(*replicas, throughput);
        }
    }
    blocks.into_values().collect()
}

/// "It grows with its replicas", at the highest number that was tried.
pub(crate) fn grows(scale: &ScaleOut, mode: Mode) -> Option<Decision> {
    let last = last_step(scale, mode)?;
    let share = last.of_ideal.filter(|_| last.replicas > 1)?;
    let reached = format!("{} replicas reached {} of the ideal.", last.replicas, share);
    let (verdict, because) = match last.outside_limit() {
        Some(component) => (
            Verdict::Inconclusive,
            format!("{reached} But {component} had no more to give, a limit of the test bench and not of the fleet."),
        ),
        None if share.interval.is_none() => {
            (Verdict::Inconclusive, format!("{reached} No interval, which takes {FEWEST_BLOCKS} blocks."))
        }
        None => {
            let enough = format!("From {} on that counts as growing.", percent(SCALES));
            (verdict::scales(&share), format!("{reached} {enough} {}", busiest(last)))
        }
    };
    Some(Decision::new(verdict, Strength::ratio(Yardstick::Ideal, "of the ideal", share, None), because))
}

/// "Limited by session storage": is Redis what is busy when the stateful fleet is at its largest?
pub(crate) fn limited_by_store(scale: &ScaleOut) -> Option<Decision> {
    let last = last_step(scale, STATEFUL)?;
    let used = last.used(Component::Redis)?;
    let seen = format!("With {} replicas Redis used {} of the CPU that it may use here.", last.replicas, percent(used));
    let undecided = |why: String| (Verdict::Inconclusive, format!("{seen} {why}"));
    let (verdict, because) = match last.outside_limit() {
        _ if last.throughput.interval.is_none() => undecided(format!("That takes {FEWEST_BLOCKS} blocks to believe.")),
        Some(component) if used < SATURATED => {
            undecided(format!("Busy first: {component}, so it could not be pushed further here."))
        }
        None if last.saturated().is_none() => {
            undecided("Nobody else was busy either: it was not pushed to its limit.".into())
        }
        _ => (verdict::limits(used), format!("{seen} {}", full_at(last, used))),
    };
    Some(Decision { verdict, effect: None, because })
}

/// Redis' work grows with the requests, and those with the replicas.
fn full_at(step: &Step, used: f64) -> String {
    if used >= SATURATED {
        return "It is what holds the replicas back.".into();
    }
    format!("If that goes on, it is full at about {} replicas of this size.", (f64::from(step.replicas) / used).round())
}

fn last_step(scale: &ScaleOut, mode: Mode) -> Option<&Step> {
    scale.curves.iter().find(|curve: &&Curve| curve.mode == mode)?.steps.last()
}

fn busiest(step: &Step) -> String {
    let told = |(component, used): &(Component, f64)| {
        format!("Busiest: {component}, at {} of what it may use.", percent(*used))
    };
    step.utilisation.first().map(told).unwrap_or_default()
}
