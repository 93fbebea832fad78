//! Verdicts: does each experiment decide its claims as its thresholds say, also in awkward cases?

mod any_server;
mod caching;
mod crossover;
mod fault_runs;
mod kill_one;
mod lose_redis;
mod measured;
mod memory;
mod revocation;
mod rolling_deploy;
mod rotate_key;
mod simplicity;
mod sizing;
mod stolen_credential;
mod two_tabs;
mod validity;

#[path = "../synthetic/mod.rs"]
mod synthetic;

use std::fmt::Write;

use report::evidence::claims::Decision;
use report::evidence::verdict::Verdict;
use report::recording::{Ending, Event, Experiment, Footer, Recording};
use report::wanted::Wanted;
use report::{Report, render};

/// The report on a run in which nothing but this was seen.
pub(crate) fn report(events: Vec<Event>) -> Report {
    let header = synthetic::header();
    let footer = Footer { ended_at: "2026-03-04T09:31:12Z".parse().expect("it is RFC 3339"), ending: Ending::Complete };
    render(&Recording { header, events, footer: Some(footer) }, &Wanted::default())
}

/// The claims of one experiment, each with its verdict and its reason, and then its chapter.
pub(crate) fn told(experiment: Experiment, events: Vec<Event>) -> String {
    let report = report(events);
    let mut text = String::new();
    for claim in report.findings.claims().filter(|claim| claim.experiment == experiment) {
        if let Some(decision) = &claim.decision {
            let Decision { verdict, effect, because, .. } = decision;
            let effect = effect.as_ref().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "{}: {verdict}\n  {effect}\n  {because}\n", claim.says);
        }
    }
    let name = format!("\n## {}\n", experiment.name());
    let chapter = report.markdown.split_once(&name).map_or("", |(_, rest)| rest);
    text + chapter.split("\n## ").next().unwrap_or_default()
}

/// The verdict on the claim of this key; None: nothing decided it.
pub(crate) fn verdict(key: &str, events: Vec<Event>) -> Option<Verdict> {
    let report = report(events);
    report.findings.claims().find(|claim| claim.key == key).expect("the table has this claim").verdict()
}
