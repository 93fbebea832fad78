//! What is lost when a replica is killed?
//!
//! Three replicas, one of which is killed while people use them all, and started again. Before that, the same people on
//! the same kind of fleet while nothing happens: what they lose then is not the fault's doing.

use std::time::Duration;

use async_trait::async_trait;
use report::recording::{Experiment, Fault, Mode, Moment, Way};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::fault_injection::{Break, Drills, Nothing, Scene, side_by_side};
use crate::experiments::section::Section;
use crate::fault;
use crate::fleet::{Fleet, Settings};
use crate::probe::{ProbeRun, Subject};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KillOne {
    drills: Drills,
}

const REPLICAS: u32 = 3;
/// Whoever keeps sessions to itself takes a client that comes back to it.
const FLEETS: [(Mode, Way); 3] =
    [(Mode::Jwt, Way::RoundRobin), (Mode::SessionRedis, Way::RoundRobin), (Mode::SessionMemory, Way::Sticky)];
const FAULTS: [(Fault, &dyn Break); 2] = [(Fault::None, &Nothing), (Fault::KillReplica, &Kill)];

#[async_trait(?Send)]
impl Section for KillOne {
    fn check(&self) -> anyhow::Result<()> {
        self.drills.check()
    }

    fn takes(&self) -> Duration {
        self.drills.take(FAULTS.len())
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.drills.durations()
    }

    fn visitors(&self) -> u32 {
        self.drills.visitors()
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for block in 0..self.drills.repeats {
            for (fault, breaks) in FAULTS {
                bench.interrupted()?;
                bench.notebook.say(match fault {
                    Fault::None => "kill-one: the control, in which nothing breaks",
                    _ => "kill-one: one of three replicas is killed",
                });
                let settings = Settings { replicas: REPLICAS, ..bench.settings.clone() };
                let scene = |(mode, way)| Scene {
                    subject: Subject { experiment: Experiment::KillOne, mode, fault, block },
                    way,
                    settings: settings.clone(),
                    breaks,
                };
                side_by_side(bench, &self.drills, FLEETS.map(scene).into()).await?;
            }
        }
        Ok(())
    }
}

struct Kill;

/// The first of them: which one makes no difference, as people are spread over all.
const VICTIM: usize = 0;

#[async_trait]
impl Break for Kill {
    async fn carry_out(&self, watch: &mut ProbeRun, fleet: &mut Fleet, drills: &Drills) -> anyhow::Result<()> {
        watch.mark(Moment::Broken, "replica 1 killed");
        watch.prove(fault::kill_replica(fleet, VICTIM).await);
        watch.until(drills.before + drills.broken).await;
        watch.prove(fault::restart_replica(fleet, VICTIM).await?);
        watch.mark(Moment::Mended, "replica 1 back");
        Ok(())
    }
}
