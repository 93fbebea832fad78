//! Rolling deploy: does anybody notice a new version?
//!
//! Each replica in turn is asked to end (SIGTERM), which it does when it has answered what it began, and started again on
//! its address. First the same people ask the same kind of fleet while nothing happens.

use anyhow::ensure;
use report::recording::Fault;
use serde::Deserialize;

use crate::experiments::fault_injection::{EACH_ITS_WAY, FaultExperiment, Round};
use crate::fleet::Settings;
use crate::fleet::balancer::Balancer;
use crate::probe::runs::FaultRuns;

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
    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(!self.balancers.is_empty(), "balancers must name one, such as client");
        Ok(())
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, ..settings.clone() };
        let behind = |balancer: &Balancer| {
            let fleets = EACH_ITS_WAY.map(|(mode, way)| (mode, balancer.way(way)));
            let control = Round::of(Fault::None, fleets, &settings, self.runs.control());
            [control, Round::of(Fault::Deploy, fleets, &settings, self.runs.clone())]
        };
        self.balancers.iter().flat_map(behind).collect()
    }
}
