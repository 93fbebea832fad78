//! Cost per kind of credential: what does each cost per request?
//!
//! Every fleet answers “who am I” as often as it can, one after the other and interleaved; the stateless server's answer
//! to nobody in particular is the control. Flat out, because CPU time is what is asked for.

use anyhow::bail;
use async_trait::async_trait;
use report::recording::{Aim, Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt, login};
use crate::experiments::measurement::{Arm, Stretch, TWICE_MORE, interleave};
use crate::experiments::section::{Needs, Section, Stretches, single};

/// Measured twice more: how far it lies from itself is noise.
const TWIN: Mode = Mode::Jwt;
/// Beside each fleet: the control, and the twins.
const MORE_ARMS: usize = 1 + 2;

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
        if self.users == 0 {
            bail!("users must be above 0");
        }
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        let arms = Mode::with_credentials().count() + MORE_ARMS;
        Needs {
            takes: self.stretch().takes() * arms as u32 * self.stretches.blocks,
            fleets: single(Mode::with_credentials()),
            visitors: self.users,
            ..Needs::default()
        }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let mut crowds = Vec::new();
        for fleet in bench.fleets.iter().filter(|fleet| fleet.mode != Mode::Bare) {
            if fleet.mode == TWIN {
                crowds.push((Workload::Anonymous, bench.crowd(fleet, 1, self.users, None).await?));
            }
            crowds.push((Workload::Whoami, bench.crowd(fleet, 1, self.users, login(fleet)).await?));
        }
        let mut arms = Vec::new();
        for (workload, crowd) in &crowds {
            let twin = crowd.fleet.mode == TWIN && *workload == Workload::Whoami;
            for purpose in if twin { TWICE_MORE.as_slice() } else { &[Purpose::Comparison] } {
                let how = (*workload, *purpose);
                arms.push(Arm::of(Experiment::CredentialCost, crowd, how, &[self.stretch()]).await?);
            }
        }
        interleave(&mut arms, self.stretches.blocks, bench).await
    }
}

impl CredentialCost {
    fn stretch(&self) -> Stretch {
        Stretch::of(Load::Closed { users: self.users }, Aim::CpuTime, &self.stretches)
    }
}
