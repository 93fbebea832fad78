//! Lost Redis: what is lost with it?
//!
//! Every fleet has a Redis of its own, also the one that does not use it: that nobody misses it has to be seen. It is
//! killed and comes back empty, or with what it wrote down; it is stopped and goes on; or it answers late.

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{Experiment, Fault, Mode, Moment, Way};
use serde::Deserialize;

use crate::experiments::fault_injection::{FaultExperiment, FaultRuns, Injected, Round};
use crate::fault;
use crate::fault::{FaultInjector, Nothing};
use crate::fleet::{Fleet, Settings};
use crate::probe::ProbeRun;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LoseRedis {
    #[serde(alias = "drills")]
    runs: FaultRuns,
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

const KNOWN: [Fault; 5] = [Fault::Freeze, Fault::Slow, Fault::RestartEmpty, Fault::RestartSnapshot, Fault::RestartAof];

impl FaultExperiment for LoseRedis {
    const EXPERIMENT: Experiment = Experiment::LoseRedis;

    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.faults.is_empty() && self.faults.iter().all(|fault| KNOWN.contains(fault)),
            "faults must be some of freeze, slow, restart-empty, restart-snapshot and restart-aof"
        );
        ensure!(
            !self.modes.is_empty() && !self.modes.contains(&Mode::Bare),
            "modes must name at least one kind of fleet, and not the bare handler"
        );
        Ok(())
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let control: Injected = (Fault::None, &Nothing);
        let lost = self.faults.iter().map(|fault| -> Injected { (*fault, &Lose) });
        let fleets = || self.modes.iter().map(|mode| (*mode, Way::RoundRobin));
        let round =
            |injected: Injected| Round::of(injected, fleets(), &with_redis(injected.0, settings), self.runs.clone());
        [control].into_iter().chain(lost).map(round).collect()
    }
}

/// As it is to be lost.
fn with_redis(fault: Fault, settings: &Settings) -> Settings {
    let redis: &[&str] = match fault {
        Fault::RestartSnapshot => &SNAPSHOTS,
        Fault::RestartAof => &EVERY_COMMAND,
        _ => &[],
    };
    Settings {
        replicas: REPLICAS,
        redis: redis.iter().map(|argument| (*argument).to_owned()).collect(),
        redis_anyway: true,
        round_trip: (fault == Fault::Slow).then_some(Duration::ZERO),
        ..settings.clone()
    }
}

/// What the subject of the run says.
struct Lose;

#[async_trait]
impl FaultInjector for Lose {
    async fn inject(&self, probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
        match probe.subject.fault {
            Fault::Freeze => {
                probe.mark(Moment::Broken, "Redis frozen");
                probe.prove(fault::freeze_redis(fleet).await?);
                probe.until(recovers).await;
                probe.prove(fault::thaw_redis(fleet).await?);
                probe.mark(Moment::Mended, "Redis goes on");
            }
            Fault::Slow => {
                probe.mark(Moment::Broken, format!("Redis answers {} ms late", SLOW.as_millis()));
                probe.prove(fault::slow_redis(fleet, SLOW).await?);
                probe.until(recovers).await;
                probe.prove(fault::slow_redis(fleet, Duration::ZERO).await?);
                probe.mark(Moment::Mended, "Redis is fast again");
            }
            _ => {
                probe.mark(Moment::Broken, "Redis killed");
                probe.prove(fault::kill_redis(fleet).await?);
                probe.until(recovers).await;
                probe.prove(fault::restart_redis(fleet).await?);
                probe.mark(Moment::Mended, "Redis back");
            }
        }
        Ok(())
    }
}
