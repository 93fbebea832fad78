//! Two tabs: what happens to two tabs of one user?
//!
//! Each race is run by a barrier: the server has all of both requests but their last bytes, and has read what they will
//! write over; then those bytes are sent one right after the other. So every race is one, every time.

mod barrier;
mod races;
mod tab;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use fastrand::Rng;
use report::recording::{Contest, Event, Mode, Race};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};
use crate::fleet::{Fleet, Settings};
use barrier::Barrier;
use races::{Ended, Runner};

const MODES: [Mode; 3] = [Mode::Jwt, Mode::SessionRedis, Mode::SessionMemory];
const CONTESTS: [Contest; 6] = [
    Contest::TwoSteps,
    Contest::TenWrites,
    Contest::TwoBaskets,
    Contest::DoubleRefresh,
    Contest::LateStep,
    Contest::LateWrite,
];
/// Until a fleet answers.
const STARTED: Duration = Duration::from_millis(200);
/// All contests once.
const ROUND: Duration = Duration::from_millis(70);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TwoTabs {
    /// Of each contest, in each fleet.
    times: u32,
}

#[async_trait(?Send)]
impl Section for TwoTabs {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.times > 0, "times must be above 0");
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs { takes: (STARTED + ROUND * self.times) * MODES.len() as u32, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for mode in MODES {
            bench.recorder.say(format!("two-tabs: {}, each race {} times", mode.name(), self.times));
            let settings = Settings { replicas: 2, demo_visitors: CONTESTS.len() as u32, ..bench.settings.clone() };
            let fleet = bench.unless_stopped(Fleet::start(mode, &settings)).await?;
            bench.recorder.spent(STARTED);
            for race in self.raced(bench, &fleet).await? {
                bench.recorder.record(&Event::Race(race))?;
            }
        }
        Ok(())
    }
}

impl TwoTabs {
    async fn raced(&self, bench: &mut Bench<'_>, fleet: &Fleet) -> Result<Vec<Race>, Halt> {
        let urls: Vec<String> = fleet.urls().map(str::to_owned).collect();
        let mut seen: BTreeMap<(Contest, u32), Race> = BTreeMap::new();
        let (barrier, random) = (Barrier(fleet.redis.as_ref()), Rng::with_seed(bench.seed));
        let mut runner = Runner { barrier, random };
        for number in 0..self.times {
            // A session in memory is known to one replica; elsewhere every second race is between two.
            let replicas = if fleet.mode.is_sticky() { 1 } else { 1 + number % 2 };
            for (visitor, contest) in (1..).zip(CONTESTS) {
                let asked = &urls[..replicas as usize];
                let Ended { outcome, told_when_bought } =
                    bench.unless_stopped(runner.run(contest, asked, visitor)).await?;
                let race = seen.entry((contest, replicas)).or_insert_with(|| unseen(fleet.mode, contest, replicas));
                *race.outcomes.entry(outcome).or_default() += 1;
                race.told_when_bought += u64::from(told_when_bought);
            }
            bench.recorder.spent(ROUND);
        }
        Ok(seen.into_values().collect())
    }
}

fn unseen(mode: Mode, contest: Contest, replicas: u32) -> Race {
    Race { mode, contest, replicas, outcomes: BTreeMap::new(), told_when_bought: 0 }
}
