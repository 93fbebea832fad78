//! Rolling deploy: does anybody notice a new version?
//!
//! Each replica in turn is asked to end (SIGTERM), which it does when it has answered what it began, and started again on
//! its address. First the same people ask the same kind of fleet while nothing happens.

use std::time::Duration;

use async_trait::async_trait;
use report::recording::{Experiment, Fault, Moment};
use serde::Deserialize;

use crate::experiments::fault_injection::{EACH_ITS_WAY, FaultExperiment, FaultRuns, Round};
use crate::fault;
use crate::fault::{FaultInjector, Nothing};
use crate::fleet::balancer;
use crate::fleet::balancer::Balancer;
use crate::fleet::{Fleet, Settings};
use crate::probe::ProbeRun;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RollingDeploy {
    /// `broken` is for all replacements together; what they take longer, the run does.
    #[serde(alias = "drills")]
    runs: FaultRuns,
    balancers: Vec<Balancer>,
}

const REPLICAS: u32 = 3;

impl FaultExperiment for RollingDeploy {
    const EXPERIMENT: Experiment = Experiment::RollingDeploy;

    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        balancer::check(&self.balancers)
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, ..settings.clone() };
        let behind = |balancer: &Balancer| {
            let fleets = EACH_ITS_WAY.map(|(mode, way)| (mode, balancer.way(way)));
            let control = Round::of((Fault::None, &Nothing), fleets, &settings, self.runs.control());
            [control, Round::of((Fault::Deploy, &Deploy), fleets, &settings, self.runs.clone())]
        };
        self.balancers.iter().flat_map(behind).collect()
    }
}

struct Deploy;

/// So long all replicas are there before the next one goes.
const REST: Duration = Duration::from_millis(200);

#[async_trait]
impl FaultInjector for Deploy {
    async fn inject(&self, probe: &mut ProbeRun, fleet: &mut Fleet, _: Duration) -> anyhow::Result<()> {
        for replica in 0..REPLICAS as usize {
            replace(probe, fleet, replica).await?;
            probe.until(probe.elapsed() + REST).await;
        }
        Ok(())
    }
}

/// The new one stands where the old one did: that it is another is all that a new version is here.
async fn replace(probe: &mut ProbeRun, fleet: &mut Fleet, replica: usize) -> anyhow::Result<()> {
    probe.mark(Moment::Broken, format!("{} ends", replica + 1));
    fleet.turn_away(replica).await?;
    probe.prove(fault::stop_replica(fleet, replica).await?);
    probe.prove(fault::restart_replica(fleet, replica).await?);
    fleet.welcome(replica).await?;
    probe.mark(Moment::Mended, format!("{} back", replica + 1));
    Ok(())
}
