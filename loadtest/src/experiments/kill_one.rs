//! Killed replica: what is lost with it?
//!
//! Three replicas, one of which is killed while people use them all, and started again. Before that, the same people on
//! the same kind of fleet while nothing happens: what they lose then is not the fault's doing.

use std::time::Duration;

use async_trait::async_trait;
use report::recording::{Experiment, Fault, Moment};
use serde::Deserialize;

use crate::experiments::fault_injection::{EACH_ITS_WAY, FaultExperiment, FaultRuns, Injected, Round};
use crate::fault;
use crate::fault::{FaultInjector, Nothing};
use crate::fleet::{Fleet, Settings};
use crate::probe::ProbeRun;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KillOne {
    #[serde(alias = "drills")]
    runs: FaultRuns,
}

const REPLICAS: u32 = 3;
const FAULTS: [Injected; 2] = [(Fault::None, &Nothing), (Fault::KillReplica, &Kill)];

impl FaultExperiment for KillOne {
    const EXPERIMENT: Experiment = Experiment::KillOne;

    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, ..settings.clone() };
        FAULTS.map(|fault| Round::of(fault, EACH_ITS_WAY, &settings, self.runs.clone())).into()
    }
}

struct Kill;

/// The first of them: which one makes no difference, as people are spread over all.
const VICTIM: usize = 0;

#[async_trait]
impl FaultInjector for Kill {
    async fn inject(&self, probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
        probe.mark(Moment::Broken, "replica 1 killed");
        probe.prove(fault::kill_replica(fleet, VICTIM).await);
        probe.until(recovers).await;
        probe.prove(fault::restart_replica(fleet, VICTIM).await?);
        probe.mark(Moment::Mended, "replica 1 back");
        Ok(())
    }
}
