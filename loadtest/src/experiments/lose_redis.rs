//! What is lost when Redis is?
//!
//! Every fleet has a Redis of its own, also the one that does not use it: that nobody misses it has to be seen. It is
//! killed and comes back empty, or with what it wrote down; it is stopped and goes on; or it answers late.

use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use report::recording::{Experiment, Fault, Mode, Moment, Way};
use report::words;
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::fault_injection::{Break, Drills, Nothing, Scene, side_by_side};
use crate::experiments::section::Section;
use crate::fault;
use crate::fleet::{Fleet, Settings};
use crate::probe::{ProbeRun, Subject};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LoseRedis {
    drills: Drills,
    faults: Vec<Fault>,
    #[serde(default = "usual")]
    modes: Vec<Mode>,
}

fn usual() -> Vec<Mode> {
    vec![Mode::Jwt, Mode::JwtDenylist, Mode::SessionRedis]
}

const REPLICAS: u32 = 2;
/// Within what the servers wait for: every answer is late, and none is missing.
const SLOW: Duration = Duration::from_millis(150);
/// As Redis is delivered: after an hour and one change, five minutes and 100, or a minute and 10,000.
const SNAPSHOTS: [&str; 2] = ["--save", "3600 1 300 100 60 10000"];
const EVERY_COMMAND: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

#[async_trait(?Send)]
impl Section for LoseRedis {
    fn check(&self) -> anyhow::Result<()> {
        let known = [Fault::Freeze, Fault::Slow, Fault::RestartEmpty, Fault::RestartSnapshot, Fault::RestartAof];
        if self.faults.is_empty() || self.faults.iter().any(|fault| !known.contains(fault)) {
            bail!("faults must be some of freeze, slow, restart-empty, restart-snapshot and restart-aof");
        }
        if self.modes.is_empty() || self.modes.contains(&Mode::Bare) {
            bail!("modes must name at least one kind of fleet, and not the bare handler");
        }
        self.drills.check()
    }

    fn takes(&self) -> Duration {
        self.drills.take(self.faults.len() + 1)
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.drills.durations()
    }

    fn visitors(&self) -> u32 {
        self.drills.visitors()
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for block in 0..self.drills.repeats {
            for fault in [Fault::None].iter().chain(&self.faults) {
                bench.interrupted()?;
                bench.notebook.say(format!("lose-redis: {}", words::fault(*fault)));
                let scenes = self.modes.iter().map(|mode| scene(*mode, *fault, block, bench.settings));
                side_by_side(bench, &self.drills, scenes.collect()).await?;
            }
        }
        Ok(())
    }
}

fn scene(mode: Mode, fault: Fault, block: u32, settings: &Settings) -> Scene {
    let redis: &[&str] = match fault {
        Fault::RestartSnapshot => &SNAPSHOTS,
        Fault::RestartAof => &EVERY_COMMAND,
        _ => &[],
    };
    Scene {
        subject: Subject { experiment: Experiment::LoseRedis, mode, fault, block },
        way: Way::RoundRobin,
        settings: Settings {
            replicas: REPLICAS,
            redis: redis.iter().map(|argument| (*argument).to_owned()).collect(),
            redis_anyway: true,
            round_trip: (fault == Fault::Slow).then_some(Duration::ZERO),
            ..settings.clone()
        },
        breaks: if fault == Fault::None { &Nothing } else { &Lose },
    }
}

/// What the subject of the drill says.
struct Lose;

#[async_trait]
impl Break for Lose {
    async fn carry_out(&self, watch: &mut ProbeRun, fleet: &mut Fleet, drills: &Drills) -> anyhow::Result<()> {
        let ends = drills.before + drills.broken;
        match watch.subject.fault {
            Fault::Freeze => {
                watch.mark(Moment::Broken, "Redis frozen");
                watch.prove(fault::freeze_redis(fleet).await?);
                watch.until(ends).await;
                watch.prove(fault::thaw_redis(fleet).await?);
                watch.mark(Moment::Mended, "Redis goes on");
            }
            Fault::Slow => {
                watch.mark(Moment::Broken, format!("Redis answers {} ms late", SLOW.as_millis()));
                watch.prove(fault::slow_redis(fleet, SLOW).await?);
                watch.until(ends).await;
                watch.prove(fault::slow_redis(fleet, Duration::ZERO).await?);
                watch.mark(Moment::Mended, "Redis is fast again");
            }
            _ => {
                watch.mark(Moment::Broken, "Redis killed");
                watch.prove(fault::kill_redis(fleet).await?);
                watch.until(ends).await;
                watch.prove(fault::restart_redis(fleet).await?);
                watch.mark(Moment::Mended, "Redis back");
            }
        }
        Ok(())
    }
}
