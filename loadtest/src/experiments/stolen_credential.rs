//! Stolen or forged credentials: what is each worth to an attacker?
//!
//! Somebody who does not keep to the rules tries the questions of the security suite on fleets of their own, and each
//! cell of the grid is written down: what came of it, and what the code declares must come of it.

use std::time::Duration;

use anyhow::{bail, ensure};
use async_trait::async_trait;
use report::recording::{AttackAttempt, Event, Mode, Reaction};
use serde::Deserialize;

use checks::attacks::case::Group;
use checks::attacks::cases;
use checks::attacks::cell::Cell;
use checks::attacks::fleet::{Fleet, modes};
use checks::attacks::grid::Table;
use checks::attacks::target::Target;
use rig::caching::Product;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StolenCredential {
    /// Which fleets are attacked.
    modes: Vec<Mode>,
    /// Which questions of the suite are asked.
    questions: Vec<String>,
}

#[async_trait(?Send)]
impl Section for StolenCredential {
    fn check(&self) -> anyhow::Result<()> {
        if let Some(other) = self.modes.iter().find(|mode| !mode.entry().is_attacked) {
            let columns: Vec<_> = modes().map(Mode::name).collect();
            bail!("the suite has no column for {}: take some of {}", other.name(), columns.join(", "));
        }
        let all = cases::all();
        for asked in &self.questions {
            let names: Vec<_> = all.iter().map(|group| group.name).collect();
            ensure!(names.contains(&&**asked), "there is no question {asked:?}: ask some of {}", names.join(", "));
        }
        let tries = !self.modes.is_empty() && !self.questions.is_empty();
        ensure!(tries, "modes and questions must name something each: nothing would be tried");
        Ok(())
    }

    fn needs(&self) -> Needs {
        let asked: Duration = self.groups().iter().map(|group| lasts(group.name)).sum();
        Needs { takes: START * self.modes.len() as u32 + asked, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        if let Err(missing) = Product::Nginx.program() {
            return Ok(bench.skipped(format!("{missing:#}"))?);
        }
        let (mut fleets, mut targets) = (Vec::new(), Vec::new());
        for mode in &self.modes {
            bench.interrupted()?;
            bench.recorder.say(format!("stolen-credential: starting {}", mode.label()));
            let server = bench.settings.servers.find(mode.entry().side.program())?;
            let (fleet, target) = Fleet::start(*mode, server).await?;
            fleets.push(fleet);
            targets.push(target);
            bench.recorder.spent(START);
        }
        for group in self.groups() {
            bench.recorder.say(format!("stolen-credential: {}", group.question));
            self.ask(&group, &targets, bench).await?;
            bench.recorder.spent(lasts(group.name));
        }
        Ok(())
    }
}

/// One fleet: a key, replicas, a thousand people, a cache and perhaps a Redis.
const START: Duration = Duration::from_millis(200);

impl StolenCredential {
    fn groups(&self) -> Vec<Group> {
        cases::all().into_iter().filter(|group| self.questions.iter().any(|asked| asked == group.name)).collect()
    }

    async fn ask(&self, group: &Group, targets: &[Target], bench: &mut Bench<'_>) -> Result<(), Halt> {
        let table = bench.unless_stopped(async { Ok(Table::fill(group, targets).await) }).await?;
        for row in &table.rows {
            for (mode, (seen, expected)) in self.modes.iter().zip(row.seen.iter().zip(&row.expected)) {
                if seen != expected {
                    let surprise = format!("Not as declared: {}: {seen} instead of {expected}.", row.stimulus);
                    bench.recorder.say(format!("stolen-credential: {}: {surprise}", mode.label()));
                }
                bench.recorder.record(&Event::AttackAttempt(Box::new(AttackAttempt {
                    topic: group.name.to_owned(),
                    question: group.question.to_owned(),
                    stimulus: row.stimulus.clone(),
                    source: row.source.to_owned(),
                    mode: *mode,
                    seen: outcome(seen),
                    declared: outcome(expected),
                    weakness: row.weakness.map(str::to_owned),
                })))?;
            }
        }
        Ok(())
    }
}

/// How long a question takes with two cores, on all fleets.
fn lasts(question: &str) -> Duration {
    Duration::from_millis(match question {
        "tampering" => 3_000,
        "replay" | "races" | "games" | "oversize" => 1_700,
        "carriers" | "cross-site" | "smuggling" | "shared-cache" => 550,
        "guessing" => 3_000,
        "slowness" => 11_000,
        "storm" => 18_000,
        _ => 150,
    })
}

fn outcome(cell: &Cell) -> Reaction {
    match cell {
        Cell::Refused(statuses) => Reaction::Refused { statuses: statuses.clone() },
        Cell::Accepted => Reaction::Accepted,
        Cell::Ignored => Reaction::Ignored,
        Cell::OnlyWith(words) => Reaction::OnlyWith { words: words.iter().map(|word| (*word).to_owned()).collect() },
        Cell::Held => Reaction::Held,
        Cell::NotApplicable => Reaction::NotApplicable,
        Cell::Broken(sentence) => Reaction::Broken { sentence: sentence.clone() },
    }
}
