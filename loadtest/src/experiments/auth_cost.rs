//! Cost of authentication: what does it cost to know who is calling?
//!
//! All arms get requests at the same rate, far from what any of them can answer: that tells the latency. Then each gets
//! as many as it can answer: that tells the CPU time of the work alone, since no core falls asleep in between and has
//! to be woken. One arm is measured twice: how far it lies from itself is noise.

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::evidence::sides::{STATEFUL, STATELESS};
use report::recording::{Aim, Load, Mode, Workload};
use serde::Deserialize;

use crate::durations::humane;
use crate::experiments::arm::{self, ArmPlan, Stretch};
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::measurement::interleave;
use crate::experiments::section::{Needs, Section, Stretches};

const WORKLOADS: [Workload; 4] = [Workload::Anonymous, Workload::Whoami, Workload::Profile, Workload::Journey];

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthCost {
    /// Requests per second on every arm, so that only the work behind a request differs.
    rate: f64,
    /// The same for the journey, which writes.
    journey_rate: f64,
    visitors: u32,
    /// At that rate, for the latency.
    stretches: Stretches,
    /// And flat out, for the CPU time: visitors who ask again at once leave no core time to fall asleep and be woken,
    /// which costs several times what a request does.
    flat_out: FlatOut,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FlatOut {
    users: u32,
    #[serde(deserialize_with = "humane")]
    measured: Duration,
    #[serde(deserialize_with = "humane")]
    warm_up: Duration,
}

#[async_trait(?Send)]
impl Section for AuthCost {
    fn check(&self) -> anyhow::Result<()> {
        let FlatOut { users, measured, .. } = self.flat_out;
        ensure!(
            self.rate > 0.0 && self.journey_rate > 0.0 && self.visitors > 0 && users > 0 && !measured.is_zero(),
            "rate, journey-rate, visitors, users and measured must be above 0"
        );
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

impl AuthCost {
    fn arms(&self) -> Vec<ArmPlan> {
        let arms = WORKLOADS.into_iter().flat_map(|workload| -> Vec<ArmPlan> {
            let per_second = if workload == Workload::Journey { self.journey_rate } else { self.rate };
            let arm = |mode| ArmPlan::of(mode, workload, self.visitors, &self.stretches(per_second));
            match workload {
                // The barest handler is the floor, when its binary is there.
                Workload::Anonymous => [STATELESS, STATEFUL, Mode::Bare].map(arm).into(),
                Workload::Whoami => [STATELESS, STATEFUL].into_iter().flat_map(|mode| arm(mode).with_twins()).collect(),
                Workload::Profile | Workload::Journey => [STATELESS, STATEFUL].map(arm).into(),
            }
        });
        arms.collect()
    }

    fn stretches(&self, per_second: f64) -> [Stretch; 2] {
        let FlatOut { users, measured, warm_up } = self.flat_out;
        [
            Stretch::of(Load::Open { per_second }, Aim::Latency, &self.stretches),
            Stretch { load: Load::Closed { users }, aim: Aim::CpuTime, warm_up, measured },
        ]
    }
}
