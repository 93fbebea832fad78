//! Killed replica: what is lost with it?
//!
//! Three replicas, one of which is killed while people use them all, and started again. Before that, the same people on
//! the same kind of fleet while nothing happens: what they lose then is not the fault's doing.

use report::recording::Fault;
use serde::Deserialize;

use crate::experiments::fault_injection::{EACH_ITS_WAY, FaultExperiment, Round};
use crate::fleet::Settings;
use crate::probe::runs::FaultRuns;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KillOne {
    #[serde(alias = "drills")]
    runs: FaultRuns,
}

const REPLICAS: u32 = 3;
const FAULTS: [Fault; 2] = [Fault::None, Fault::KillReplica];

impl FaultExperiment for KillOne {
    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, ..settings.clone() };
        FAULTS.map(|fault| Round::of(fault, EACH_ITS_WAY, &settings, self.runs.clone())).into()
    }
}
