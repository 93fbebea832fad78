//! How is a fleet broken on purpose while people use it?
//!
//! Fleets that shall be compared are broken at the same time, each with people of its own: they have the same minute of
//! this machine, and the load is far too light for them to hinder each other.

use std::time::Duration;

use anyhow::{Context, bail};
use async_trait::async_trait;
use report::recording::{Drill, Event, Way};
use serde::Deserialize;
use tokio::task::JoinSet;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::humane;
use crate::fleet::{Fleet, Settings};
use crate::probe::route::Route;
use crate::probe::{ProbeConfig, ProbeRun, Renewal, Subject};

/// What a plan says of every drill: so many people, and how long each part of it lasts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Drills {
    pub people: u32,
    /// Requests a second, of all of them together.
    pub rate: f64,
    /// All is well.
    #[serde(deserialize_with = "humane")]
    pub before: Duration,
    /// Something is broken.
    #[serde(deserialize_with = "humane")]
    pub broken: Duration,
    /// It is mended.
    #[serde(deserialize_with = "humane")]
    pub after: Duration,
    /// How often each drill is repeated.
    pub repeats: u32,
    /// Of one: the share of requests that open a connection of their own.
    #[serde(default = "usual")]
    pub new_connections: f64,
    /// One in so many errands renews what was given at the login; absent: nobody does that.
    #[serde(default)]
    pub renew_one_in: Option<u32>,
    /// People beside those who ask: they log out before anything breaks. No plan says how many.
    #[serde(skip, default = "a_few")]
    pub departed: u32,
}

fn a_few() -> u32 {
    4
}

/// A person does not wait for longer. The servers give up on their stores sooner.
const DEADLINE: Duration = Duration::from_secs(2);

/// As many as come from phones that slept.
fn usual() -> f64 {
    0.2
}
/// To start the fleets and log everybody in; and afterwards, to settle and end them.
const AROUND: Duration = Duration::from_millis(600);

impl Drills {
    pub fn check(&self) -> anyhow::Result<()> {
        if self.people == 0 || !(self.rate > 0.0 && self.rate <= 1000.0) || self.repeats == 0 {
            bail!("people and repeats must be above 0, and rate from above 0 to 1000: these people are no load test");
        }
        if self.before.is_zero() || self.broken.is_zero() || self.after.is_zero() {
            bail!("before, broken and after must be above 0");
        }
        Ok(())
    }

    /// So many of them, one after the other, each as often as it is repeated.
    pub fn take(&self, drills: usize) -> Duration {
        self.one() * drills as u32 * self.repeats
    }

    fn one(&self) -> Duration {
        self.before + self.broken + self.after + AROUND
    }

    pub fn durations(&mut self) -> Vec<&mut Duration> {
        vec![&mut self.before, &mut self.broken, &mut self.after]
    }

    pub fn visitors(&self) -> u32 {
        self.people + self.departed
    }

    fn config(&self, seed: u64) -> ProbeConfig {
        ProbeConfig {
            clients: self.people,
            logged_out: self.departed,
            per_second: self.rate,
            on_new_connections: self.new_connections,
            deadline: DEADLINE,
            renewal: self.renew_one_in.map_or(Renewal::Never, Renewal::OneIn),
            seed,
        }
    }
}

/// One fleet, and what is done to it.
pub struct Scene {
    pub subject: Subject,
    pub way: Way,
    pub settings: Settings,
    pub breaks: &'static dyn Break,
}

/// What happens between two stretches of peace.
#[async_trait]
pub trait Break: Sync {
    /// Breaks something, mends it again, and says so to those who watch. It begins when peace has lasted long enough.
    async fn carry_out(&self, watch: &mut ProbeRun, fleet: &mut Fleet, drills: &Drills) -> anyhow::Result<()>;
}

/// All of them at the same time; what was seen is written down in their order.
///
/// # Errors
/// A fleet does not come up, or cannot be broken; or somebody pressed Ctrl-C.
pub async fn side_by_side(bench: &mut Bench<'_>, drills: &Drills, scenes: Vec<Scene>) -> Result<(), Halt> {
    let mut playing = JoinSet::new();
    for (number, scene) in scenes.into_iter().enumerate() {
        // Repetitions differ, else they would be one, counted again.
        let block = u64::from(scene.subject.block) << 32;
        let (drills, seed) = (drills.clone(), bench.seed.wrapping_add(block | number as u64));
        playing.spawn(async move { (number, play(scene, &drills, seed).await) });
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
            Some(ended) = playing.join_next() => played.push(ended.context("a drill ended by a mistake of ours")?),
        }
    }
    played.sort_by_key(|(number, _)| *number);
    for (_, drill) in played {
        bench.notebook.record(&Event::Drill(Box::new(drill?)))?;
    }
    bench.notebook.spent(drills.one());
    Ok(())
}

async fn play(scene: Scene, drills: &Drills, seed: u64) -> anyhow::Result<Drill> {
    let Scene { subject, way, settings, breaks } = scene;
    let mut fleet = Fleet::start(subject.mode, &settings).await?;
    let route = Route::over(way, fleet.entrances(way).await?, seed);
    let mut watch = ProbeRun::begin(subject, drills.config(seed), route).await?;
    watch.until(drills.before).await;
    breaks.carry_out(&mut watch, &mut fleet, drills).await?;
    let mended = watch.elapsed().max(drills.before + drills.broken); // What comes back takes its time to start.
    watch.until(mended + drills.after).await;
    watch.end().await
}

/// The control: nothing happens.
pub struct Nothing;

#[async_trait]
impl Break for Nothing {
    async fn carry_out(&self, _: &mut ProbeRun, _: &mut Fleet, _: &Drills) -> anyhow::Result<()> {
        Ok(())
    }
}
