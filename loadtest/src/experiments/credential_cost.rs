//! Cost per kind of credential: what does each cost per request?
//!
//! Every fleet answers “who am I” as often as it can, one after the other and interleaved; the stateless server's answer
//! to nobody in particular is the control. Flat out, because CPU time is what is asked for.

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{Aim, Load, Mode, Workload};
use serde::Deserialize;

use crate::experiments::arm::{self, ArmPlan, Stretch, TWIN};
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::measurement::interleave;
use crate::experiments::section::{Needs, Section, Stretches};

/// Visitors who ask again at once, of one fleet after the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CredentialCost {
    users: u32,
    stretches: Stretches,
}

#[async_trait(?Send)]
impl Section for CredentialCost {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.users > 0, "users must be above 0");
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        arm::needs(&self.arms(), self.stretches.blocks)
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let arms = arm::start(self.arms(), bench.fleets.iter(), bench).await?;
        interleave(&arms, self.stretches.blocks, bench).await
    }
}

impl CredentialCost {
    fn arms(&self) -> Vec<ArmPlan> {
        let stretch = Stretch::of(Load::Closed { users: self.users }, Aim::CpuTime, &self.stretches);
        let arm = |mode, workload| ArmPlan::of(mode, workload, self.users, &[stretch]);
        let known = Mode::with_credentials().flat_map(|mode| arm(mode, Workload::Whoami).with_twins());
        [arm(TWIN, Workload::Anonymous)].into_iter().chain(known).collect()
    }
}
