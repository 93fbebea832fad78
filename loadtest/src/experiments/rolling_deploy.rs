//! Does anybody notice a new version?
//!
//! Each replica in turn is asked to end (SIGTERM), which it does when it has answered what it began, and started again on
//! its address. First the same people ask the same kind of fleet while nothing happens.

use std::time::Duration;

use async_trait::async_trait;
use report::recording::{Experiment, Fault, Mode, Moment, Way};
use report::words;
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::fault_injection::{Break, Drills, Nothing, Scene, side_by_side};
use crate::experiments::section::Section;
use crate::fault;
use crate::fleet::balancer;
use crate::fleet::balancer::Balancer;
use crate::fleet::{Fleet, Settings};
use crate::probe::{ProbeRun, Subject};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RollingDeploy {
    /// `broken` is for all replacements together; what they take longer, the drill does.
    drills: Drills,
    balancers: Vec<Balancer>,
}

const REPLICAS: u32 = 3;
/// Whoever keeps sessions to itself takes a client that comes back to it.
const FLEETS: [(Mode, Way); 3] =
    [(Mode::Jwt, Way::RoundRobin), (Mode::SessionRedis, Way::RoundRobin), (Mode::SessionMemory, Way::Sticky)];
const FAULTS: [(Fault, &dyn Break); 2] = [(Fault::None, &Nothing), (Fault::Deploy, &Deploy)];

#[async_trait(?Send)]
impl Section for RollingDeploy {
    fn check(&self) -> anyhow::Result<()> {
        balancer::check(&self.balancers)?;
        self.drills.check()
    }

    fn takes(&self) -> Duration {
        (self.control().take(1) + self.drills.take(1)) * self.balancers.len() as u32
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.drills.durations()
    }

    fn put_behind(&mut self, balancer: Balancer) {
        self.balancers = vec![balancer];
    }

    fn visitors(&self) -> u32 {
        self.drills.visitors()
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for balancer in &self.balancers {
            if let Err(missing) = balancer.is_installed() {
                let skipped = format!("Behind HAProxy nothing was replaced: {missing}.");
                bench.notebook.skipped(Some(Experiment::RollingDeploy), skipped)?;
                continue;
            }
            for (block, (fault, breaks)) in
                (0..self.drills.repeats).flat_map(|block| FAULTS.map(|fault| (block, fault)))
            {
                bench.interrupted()?;
                bench.notebook.say(format!("rolling-deploy: {}, behind {}", words::fault(fault), balancer.name()));
                let settings = Settings { replicas: REPLICAS, ..bench.settings.clone() };
                let scene = |(mode, way)| Scene {
                    subject: Subject { experiment: Experiment::RollingDeploy, mode, fault, block },
                    way: balancer.way(way),
                    settings: settings.clone(),
                    breaks,
                };
                let drills = if fault == Fault::None { self.control() } else { self.drills.clone() };
                side_by_side(bench, &drills, FLEETS.map(scene).into()).await?;
            }
        }
        Ok(())
    }
}

impl RollingDeploy {
    /// As long as the peace before and after.
    fn control(&self) -> Drills {
        Drills { broken: Duration::ZERO, ..self.drills.clone() }
    }
}

struct Deploy;

/// So long all replicas are there before the next one goes.
const REST: Duration = Duration::from_millis(200);

#[async_trait]
impl Break for Deploy {
    async fn carry_out(&self, watch: &mut ProbeRun, fleet: &mut Fleet, _: &Drills) -> anyhow::Result<()> {
        for replica in 0..REPLICAS as usize {
            replace(watch, fleet, replica).await?;
            watch.until(watch.elapsed() + REST).await;
        }
        Ok(())
    }
}

/// The new one stands where the old one did: that it is another is all that a new version is here.
pub(super) async fn replace(watch: &mut ProbeRun, fleet: &mut Fleet, replica: usize) -> anyhow::Result<()> {
    watch.mark(Moment::Broken, format!("{} ends", replica + 1));
    fleet.turn_away(replica).await?;
    watch.prove(fault::stop_replica(fleet, replica).await?);
    watch.prove(fault::restart_replica(fleet, replica).await?);
    fleet.welcome(replica).await?;
    watch.mark(Moment::Mended, format!("{} back", replica + 1));
    Ok(())
}
