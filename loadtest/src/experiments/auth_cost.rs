//! Cost of authentication: what does it cost to know who is calling?
//!
//! All arms get requests at the same rate, far from what any of them can answer: that tells the latency. Then each gets
//! as many as it can answer: that tells the CPU time of the work alone, since no core falls asleep in between and has
//! to be woken. One arm is measured twice: how far it lies from itself is noise.

use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use report::recording::{Aim, Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Crowd, Halt, login};
use crate::experiments::measurement::{Arm, Stretch, interleave};
use crate::experiments::section::{Needs, Section, Stretches, humane, single};
use crate::fleet::Fleet;

const COMPARED: [(Mode, Workload); 8] = [
    (Mode::Jwt, Workload::Anonymous),
    (Mode::SessionRedis, Workload::Anonymous),
    (Mode::Jwt, Workload::Whoami),
    (Mode::SessionRedis, Workload::Whoami),
    (Mode::Jwt, Workload::Profile),
    (Mode::SessionRedis, Workload::Profile),
    (Mode::Jwt, Workload::Journey),
    (Mode::SessionRedis, Workload::Journey),
];
/// One more arm when its binary is there.
const FLOOR: (Mode, Workload) = (Mode::Bare, Workload::Anonymous);
const TWIN: (Mode, Workload) = (Mode::Jwt, Workload::Whoami);
const ARMS: u32 = 11;

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
        if self.rate <= 0.0 || self.journey_rate <= 0.0 || self.visitors == 0 || users == 0 || measured.is_zero() {
            bail!("rate, journey-rate, visitors, users and measured must be above 0");
        }
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        let each: Duration = stretches(self, self.rate).map(Stretch::takes).iter().sum();
        Needs {
            takes: each * ARMS * self.stretches.blocks,
            fleets: single([Mode::Jwt, Mode::SessionRedis, Mode::Bare]),
            visitors: self.visitors,
            ..Needs::default()
        }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let bare = bench.fleets.iter().filter(|fleet| fleet.mode == Mode::Bare);
        let (mut strangers, mut known) = (Vec::new(), Vec::new());
        for fleet in bench.twins().chain(bare) {
            if fleet.mode != Mode::Bare {
                known.push(bench.crowd(fleet, 1, self.visitors, login(fleet)).await?);
            }
            strangers.push(bench.crowd(fleet, 1, self.visitors, None).await?);
        }
        let mut arms = Vec::new();
        for (purpose, (mode, workload)) in plan_of(bench.fleets) {
            let crowds = if workload == Workload::Anonymous { &strangers } else { &known };
            let rate = if workload == Workload::Journey { self.journey_rate } else { self.rate };
            if let Some(crowd) = crowds.iter().find(|crowd: &&Crowd<'_>| crowd.fleet.mode == mode) {
                arms.push(Arm::of(Experiment::AuthCost, crowd, (workload, purpose), &stretches(self, rate)).await?);
            }
        }
        interleave(&mut arms, self.stretches.blocks, bench).await
    }
}

fn plan_of(fleets: &[Fleet]) -> Vec<(Purpose, (Mode, Workload))> {
    let floor = fleets.iter().any(|fleet| fleet.mode == Mode::Bare).then_some(FLOOR);
    let compared = COMPARED.into_iter().chain(floor).map(|arm| (Purpose::Comparison, arm));
    compared.chain([TWIN; 2].map(|arm| (Purpose::AgainstItself, arm))).collect()
}

fn stretches(section: &AuthCost, per_second: f64) -> [Stretch; 2] {
    let FlatOut { users, measured, warm_up } = section.flat_out;
    [
        Stretch::of(Load::Open { per_second }, Aim::Latency, &section.stretches),
        Stretch { load: Load::Closed { users }, aim: Aim::CpuTime, warm_up, measured },
    ]
}
