//! Differences of setup: what else was different between the two recordings, and what is wrong with either?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diff::effect::Pairing;
use crate::evidence::validity::Evidence;
use crate::format;
use crate::recording::{Ending, Event, FORMAT, Fleet, Footer, Header, Mode, Recording, Remark, Sample};

/// One thing that both were told or ran on, and that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setup {
    pub kind: Kind,
    pub what: String,
    pub a: String,
    pub b: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// What the figures were measured on: nothing is left to compare but ratios within a recording.
    Machine,
    /// What was asked.
    Plan,
    /// How the fleets were started.
    Options,
    /// What was compared, perhaps on purpose.
    Versions,
}

/// What a reader must know of one recording before its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Doubt {
    Interrupted,
    /// Its last line is missing: the program was ended.
    CutOff,
    OlderFormat {
        format: u32,
    },
    Broken {
        mode: Mode,
        failures: Vec<String>,
    },
    Excluded {
        samples: usize,
        of: usize,
        /// The commonest reason.
        why: String,
    },
    Skipped {
        sentence: String,
    },
}

/// With the same seed and plan the arms had their turns in the same order; whether they really did is looked up, since
/// `--only` and a missing binary change it too.
pub(crate) fn pairing(a: &Recording, b: &Recording) -> Pairing {
    let alike = a.header.seed == b.header.seed && a.header.plan.text == b.header.plan.text;
    let turn = |sample: &Sample| {
        let Sample { experiment, mode, workload, replicas, block, order, .. } = *sample;
        (experiment, block, order, mode, workload, replicas)
    };
    let turns = |recording: &Recording| recording.samples().map(turn).collect::<BTreeSet<_>>();
    let (of_a, of_b) = (turns(a), turns(b));
    let shared = of_a.intersection(&of_b).count();
    // A run that was interrupted has fewer turns, and those in the same places.
    if alike && shared == of_a.len().min(of_b.len()) { Pairing::ByBlock } else { Pairing::AsSets }
}

pub(crate) fn between(a: &Recording, b: &Recording) -> Vec<Setup> {
    let (of_a, of_b) = (facts(a), facts(b));
    let keys: BTreeSet<&(Kind, String)> = of_a.keys().chain(of_b.keys()).collect();
    let setup = |key: &(Kind, String)| {
        let [a, b] = [&of_a, &of_b].map(|facts| facts.get(key).cloned().unwrap_or_else(|| "none".into()));
        Setup { kind: key.0, what: key.1.clone(), a, b }
    };
    let different = keys.into_iter().map(setup).filter(|setup| setup.a != setup.b);
    different.chain(asked(&a.header.plan.text, &b.header.plan.text)).collect()
}

/// The first line in which the plans differ.
fn asked(a: &str, b: &str) -> Option<Setup> {
    let end = [""].into_iter().cycle();
    let longest = a.lines().count().max(b.lines().count());
    let mut pairs = a.lines().chain(end.clone()).zip(b.lines().chain(end)).take(longest);
    let (a, b) = pairs.find(|(a, b)| a != b)?;
    Some(Setup { kind: Kind::Plan, what: "a line of the plan".into(), a: a.into(), b: b.into() })
}

fn facts(recording: &Recording) -> BTreeMap<(Kind, String), String> {
    let Header { machine, program, plan, versions, pinning, caps, command, .. } = &recording.header;
    let mut facts = BTreeMap::new();
    let mut put = |kind, what: &str, told: String| drop(facts.insert((kind, what.to_owned()), told));
    put(Kind::Machine, "processor", machine.cpu_model.clone());
    put(Kind::Machine, "cores", machine.cores.to_string());
    put(Kind::Machine, "memory", format::memory(machine.memory_bytes));
    put(Kind::Machine, "kernel", machine.kernel.clone());
    pinning.iter().for_each(|(role, cores)| put(Kind::Machine, &format!("cores of {role}"), format::numbers(cores)));
    caps.iter().for_each(|(role, share)| put(Kind::Machine, &format!("cap of {role}"), format::short(*share)));
    put(Kind::Plan, "plan", plan.name.clone());
    let scale = command.iter().find_map(|argument| argument.strip_prefix("--duration-scale="));
    put(Kind::Plan, "length of a stretch", format!("× {}", scale.unwrap_or("1")));
    put(Kind::Versions, "loadtest", program.clone());
    versions.iter().for_each(|(name, version)| put(Kind::Versions, name, version.clone()));
    for event in &recording.events {
        let Event::Fleet(Fleet { mode, options, .. }) = event else { continue };
        let options = options.iter().filter(|(name, _)| !PLACES.contains(&name.as_str()));
        options.for_each(|(name, value)| put(Kind::Options, &format!("{name} of {}", mode.label()), value.clone()));
    }
    facts
}

/// Options that name a place, which is another one in every run.
const PLACES: [&str; 3] = ["database", "listen", "redis"];

pub(crate) fn doubts(recording: &Recording) -> Vec<Doubt> {
    let ending = match &recording.footer {
        None => Some(Doubt::CutOff),
        Some(Footer { ending: Ending::Interrupted, .. }) => Some(Doubt::Interrupted),
        Some(Footer { ending: Ending::Complete, .. }) => None,
    };
    let format = recording.header.format;
    let older = (format < FORMAT).then_some(Doubt::OlderFormat { format });
    let events = recording.events.iter().filter_map(|event| match event {
        Event::Contract(contract) if !contract.failures.is_empty() => {
            Some(Doubt::Broken { mode: contract.mode, failures: contract.failures.clone() })
        }
        Event::Skipped(Remark { sentence, .. }) => Some(Doubt::Skipped { sentence: sentence.clone() }),
        _ => None,
    });
    ending.into_iter().chain(older).chain(events).chain(excluded(recording)).collect()
}

fn excluded(recording: &Recording) -> Option<Doubt> {
    let excluded = Evidence::partition_valid(recording).excluded;
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    excluded.iter().flat_map(|sample| &sample.why).for_each(|why| *reasons.entry(why).or_default() += 1);
    let (why, _) = reasons.into_iter().max_by_key(|(_, count)| *count)?;
    Some(Doubt::Excluded { samples: excluded.len(), of: recording.samples().count(), why: why.to_owned() })
}
