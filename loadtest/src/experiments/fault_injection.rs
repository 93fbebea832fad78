//! Fault injection: how is a fleet broken on purpose while people use it?
//!
//! Fleets that shall be compared are broken at the same time, each with people of its own: they have the same minute of
//! this machine, and the load is far too light for them to hinder each other.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use anyhow::{Context, bail};
use async_trait::async_trait;
use report::recording::{Drill, Event, Experiment, Fault, Mode, Way};
use report::words;
use serde::Deserialize;
use tokio::task::JoinSet;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section, humane};
use crate::fault::FaultInjector;
use crate::fleet::balancer;
use crate::fleet::{Fleet, Settings};
use crate::probe::route::Route;
use crate::probe::{ProbeConfig, ProbeRun, Renewal, Subject};

/// What a plan says of fault runs: so many clients, and how long each part of a run lasts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FaultRuns {
    #[serde(alias = "people")]
    pub clients: u32,
    /// Requests a second, of all of them together.
    pub rate: f64,
    /// All is well.
    #[serde(deserialize_with = "humane")]
    pub before: Duration,
    /// Something is broken.
    #[serde(deserialize_with = "humane")]
    pub broken: Duration,
    /// It has recovered.
    #[serde(deserialize_with = "humane")]
    pub after: Duration,
    /// How often each run is repeated.
    pub repeats: u32,
    /// Of one: the share of requests that open a connection of their own.
    #[serde(default = "usual")]
    pub new_connections: f64,
    /// One in so many errands renews what was given at the login; absent: nobody does that.
    #[serde(default)]
    pub renew_one_in: Option<u32>,
    /// Clients beside those who ask: they log out before anything breaks. No plan says how many.
    #[serde(skip, default = "a_few")]
    pub logged_out: u32,
}

fn a_few() -> u32 {
    4
}

/// A client does not wait for longer. The servers give up on their stores sooner.
const TIMEOUT: Duration = Duration::from_secs(2);

/// As many as come from phones that slept.
fn usual() -> f64 {
    0.2
}

/// To start the fleets and log everybody in; and afterwards, to settle and end them.
const AROUND: Duration = Duration::from_millis(600);

impl FaultRuns {
    pub fn check(&self) -> anyhow::Result<()> {
        if self.clients == 0 || !(self.rate > 0.0 && self.rate <= 1000.0) || self.repeats == 0 {
            bail!("clients and repeats must be above 0, and rate from above 0 to 1000: these clients are no load test");
        }
        if self.before.is_zero() || self.broken.is_zero() || self.after.is_zero() {
            bail!("before, broken and after must be above 0");
        }
        Ok(())
    }

    /// With nothing broken in between; as long as the peace before and after.
    pub fn control(&self) -> FaultRuns {
        FaultRuns { broken: Duration::ZERO, ..self.clone() }
    }

    /// Nobody logs out before it begins.
    pub fn without_logged_out(&self) -> FaultRuns {
        FaultRuns { logged_out: 0, ..self.clone() }
    }

    fn one(&self) -> Duration {
        self.before + self.broken + self.after + AROUND
    }

    fn config(&self, seed: u64) -> ProbeConfig {
        ProbeConfig {
            clients: self.clients,
            logged_out: self.logged_out,
            per_second: self.rate,
            on_new_connections: self.new_connections,
            deadline: TIMEOUT,
            renewal: self.renew_one_in.map_or(Renewal::Never, Renewal::OneIn),
            seed,
        }
    }
}

/// An experiment that breaks fleets.
pub trait FaultExperiment: Debug {
    const EXPERIMENT: Experiment;

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
#[derive(Clone)]
pub struct Round {
    /// What happens in it.
    pub says: String,
    pub runs: FaultRuns,
    pub scenes: Vec<Scene>,
}

/// One fleet, and what is done to it.
#[derive(Clone)]
pub struct Scene {
    pub mode: Mode,
    pub way: Way,
    pub fault: Fault,
    pub injector: &'static dyn FaultInjector,
    pub settings: Settings,
}

/// A fault, and who injects it.
pub type Injected = (Fault, &'static dyn FaultInjector);

/// Whoever keeps sessions to itself takes a client that comes back to it.
pub const EACH_ITS_WAY: [(Mode, Way); 3] =
    [(Mode::Jwt, Way::RoundRobin), (Mode::SessionRedis, Way::RoundRobin), (Mode::SessionMemory, Way::Sticky)];

impl Round {
    /// The same fault in each of these fleets.
    pub fn of(
        (fault, injector): Injected,
        fleets: impl IntoIterator<Item = (Mode, Way)>,
        settings: &Settings,
        runs: FaultRuns,
    ) -> Round {
        let scene = |(mode, way)| Scene { mode, way, fault, injector, settings: settings.clone() };
        Round { says: words::fault(fault).into(), runs, scenes: fleets.into_iter().map(scene).collect() }
    }

    /// # Errors
    /// What is not installed, in a sentence.
    fn is_possible(&self) -> Result<(), String> {
        let tried = |scene: &Scene| {
            let skipped = |missing| format!("This was not tried: {}. {missing}.", words::way(scene.way));
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
        let once: Duration = self.rounds(&Settings::default()).iter().map(|round| round.runs.one()).sum();
        let runs = self.runs();
        Needs { takes: once * runs.repeats, visitors: runs.clients + runs.logged_out, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let mut rounds = self.rounds(bench.settings);
        let impossible: BTreeSet<String> = rounds.iter().filter_map(|round| round.is_possible().err()).collect();
        for sentence in impossible {
            bench.recorder.skipped(Some(E::EXPERIMENT), sentence)?;
        }
        rounds.retain(|round| round.is_possible().is_ok());
        for (block, round) in (0..self.runs().repeats).flat_map(|block| rounds.iter().map(move |round| (block, round)))
        {
            bench.interrupted()?;
            bench.recorder.say(format!("{}: {}", words::experiment(E::EXPERIMENT), round.says));
            side_by_side(bench, E::EXPERIMENT, block, round).await?;
            bench.recorder.spent(round.runs.one());
        }
        Ok(())
    }
}

/// All of them at the same time; what was seen is recorded in their order.
async fn side_by_side(bench: &mut Bench<'_>, experiment: Experiment, block: u32, round: &Round) -> Result<(), Halt> {
    let mut playing = JoinSet::new();
    for (number, scene) in round.scenes.iter().cloned().enumerate() {
        // Repetitions differ, else they would be one, counted again.
        let seed = bench.seed.wrapping_add(u64::from(block) << 32 | number as u64);
        let subject = Subject { experiment, mode: scene.mode, fault: scene.fault, block };
        let runs = round.runs.clone();
        playing.spawn(async move { (number, play(scene, subject, &runs, seed).await) });
    }
    let mut stop = bench.stop.clone();
    let mut played = Vec::new();
    while !playing.is_empty() {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stopped| *stopped) => {
                playing.shutdown().await; // With the fleets.
                return Err(Halt::Interrupted);
            }
            Some(ended) = playing.join_next() => played.push(ended.context("a fault run ended by a mistake of ours")?),
        }
    }
    played.sort_by_key(|(number, _)| *number);
    for (_, drill) in played {
        bench.recorder.record(&Event::Drill(Box::new(drill?)))?;
    }
    Ok(())
}

async fn play(scene: Scene, subject: Subject, runs: &FaultRuns, seed: u64) -> anyhow::Result<Drill> {
    let Scene { mode, way, injector, settings, .. } = scene;
    let mut fleet = Fleet::start(mode, &settings).await?;
    let route = Route::over(way, fleet.entrances(way).await?, seed);
    let mut probe = ProbeRun::begin(subject, runs.config(seed), route).await?;
    probe.until(runs.before).await;
    let recovers = runs.before + runs.broken;
    injector.inject(&mut probe, &mut fleet, recovers).await?;
    let recovered = probe.elapsed().max(recovers); // What comes back takes its time to start.
    probe.until(recovered + runs.after).await;
    probe.end().await
}
