//! Fault injection: how is a fleet broken on purpose while people use it?
//!
//! Fleets that shall be compared are broken at the same time, each with people of its own: they have the same minute of
//! this machine, and the load is far too light for them to hinder each other.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use report::labels;
use report::recording::{Event, Fault, FaultRun, Mode, Way};
use tokio::task::JoinSet;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};
use crate::fault::inject;
use crate::fleet::{Fleet, Settings, balancer};
use crate::probe::route::Route;
use crate::probe::runs::FaultRuns;
use crate::probe::{ProbeRun, Subject};

/// An experiment that breaks fleets.
pub trait FaultExperiment: Debug {
    fn runs(&self) -> &FaultRuns;

    /// # Errors
    /// Beside its runs, it asks for what cannot be.
    fn check(&self) -> anyhow::Result<()> {
        Ok(())
    }

    /// One after the other, and all of it as often as it is repeated.
    fn rounds(&self, settings: &Settings) -> Vec<Round>;
}

/// Fleets that are broken at the same time.
pub struct Round {
    /// What happens in it.
    pub says: String,
    pub runs: FaultRuns,
    /// Of each of its fleets.
    pub settings: Settings,
    pub scenes: Vec<Scene>,
}

/// One fleet, and what is done to it.
#[derive(Clone, Copy)]
pub struct Scene {
    pub mode: Mode,
    pub way: Way,
    pub fault: Fault,
}

/// Whoever keeps sessions to itself takes a client that comes back to it.
pub const EACH_ITS_WAY: [(Mode, Way); 3] =
    [(Mode::Jwt, Way::RoundRobin), (Mode::SessionRedis, Way::RoundRobin), (Mode::SessionMemory, Way::Sticky)];

impl Round {
    /// The same fault in each of these fleets.
    pub fn of(
        fault: Fault,
        fleets: impl IntoIterator<Item = (Mode, Way)>,
        settings: &Settings,
        runs: FaultRuns,
    ) -> Round {
        let scenes = fleets.into_iter().map(|(mode, way)| Scene { mode, way, fault }).collect();
        Round { says: labels::fault(fault).into(), runs, settings: settings.clone(), scenes }
    }

    /// # Errors
    /// What is not installed, in a sentence.
    fn is_possible(&self) -> Result<(), String> {
        let tried = |scene: &Scene| {
            let skipped = |missing| format!("This was not tried: {}. {missing}.", labels::way(scene.way));
            balancer::is_there_for(scene.way).map_err(skipped)
        };
        self.scenes.iter().try_for_each(tried)
    }
}

#[async_trait(?Send)]
impl<E: FaultExperiment> Section for E {
    fn check(&self) -> anyhow::Result<()> {
        FaultExperiment::check(self)?;
        self.runs().check()
    }

    fn needs(&self) -> Needs {
        let once: Duration = self.rounds(&Settings::default()).iter().map(|round| round.runs.takes()).sum();
        let runs = self.runs();
        Needs { takes: once * runs.repeats, visitors: runs.clients + runs.logged_out, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let mut rounds = self.rounds(bench.settings);
        let impossible: BTreeSet<String> = rounds.iter().filter_map(|round| round.is_possible().err()).collect();
        for sentence in impossible {
            bench.skipped(sentence)?;
        }
        rounds.retain(|round| round.is_possible().is_ok());
        for (block, round) in (0..self.runs().repeats).flat_map(|block| rounds.iter().map(move |round| (block, round)))
        {
            bench.interrupted()?;
            bench.recorder.say(format!("{}: {}", bench.experiment.name(), round.says));
            side_by_side(bench, block, round).await?;
            bench.recorder.spent(round.runs.takes());
        }
        Ok(())
    }
}

/// All of them at the same time; what was seen is recorded in their order.
async fn side_by_side(bench: &mut Bench<'_>, block: u32, round: &Round) -> Result<(), Halt> {
    let mut playing = JoinSet::new();
    for (number, scene) in round.scenes.iter().copied().enumerate() {
        // Repetitions differ, else they would be one, counted again.
        let seed = bench.seed.wrapping_add(u64::from(block) << 32 | number as u64);
        let subject = Subject { experiment: bench.experiment, mode: scene.mode, fault: scene.fault, block };
        let (settings, runs) = (round.settings.clone(), round.runs.clone());
        playing.spawn(async move { (number, play(subject, scene.way, &settings, runs, seed).await) });
    }
    let mut played = Vec::new();
    let all = async {
        while let Some(ended) = playing.join_next().await {
            played.push(ended.context("a fault run ended by a mistake of ours")?);
        }
        Ok(())
    };
    let outcome = bench.unless_stopped(all).await;
    playing.shutdown().await; // With the fleets, if it was stopped.
    outcome?;
    played.sort_by_key(|(number, _)| *number);
    for (_, run) in played {
        bench.recorder.record(&Event::FaultRun(Box::new(run?)))?;
    }
    Ok(())
}

async fn play(subject: Subject, way: Way, settings: &Settings, runs: FaultRuns, seed: u64) -> anyhow::Result<FaultRun> {
    let mut fleet = Fleet::start(subject.mode, settings).await?;
    let route = Route::over(way, fleet.entrances(way).await?, seed);
    let (before, recovers, after) = (runs.before, runs.before + runs.broken, runs.after);
    let mut probe = ProbeRun::begin(subject, runs, route, seed).await?;
    probe.until(before).await;
    inject(&mut probe, &mut fleet, recovers).await?;
    let recovered = probe.elapsed().max(recovers); // What comes back takes its time to start.
    probe.until(recovered + after).await;
    probe.end().await
}
