//! What does it cost to know who is calling?
//!
//! All arms get requests at the same rate, far from what any of them can answer: that tells the latency. Then each gets
//! as many as it can answer: that tells the CPU time of the work alone, since no core falls asleep in between and has
//! to be woken. One arm is measured twice: how far it lies from itself is noise.

use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use http::uri::PathAndQuery;
use report::recording::{Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;
use shared::api::paths;

use crate::experiments::bench::{Bench, Halt, Interleaved, login};
use crate::experiments::measurement::{Arm, Stretch};
use crate::experiments::section::{Section, Stretches, humane};
use crate::fleet::Fleet;
use crate::fleet::meters::Meters;
use load::generator::{Generator, Login};
use load::measured::Aim;
use load::scenario::{Mix, Scenario};

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

    fn takes(&self) -> Duration {
        stretches(self, self.rate).map(Stretch::takes).iter().sum::<Duration>() * ARMS * self.stretches.blocks
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        let FlatOut { measured, warm_up, .. } = &mut self.flat_out;
        self.stretches.durations().into_iter().chain([measured, warm_up]).collect()
    }

    fn fleets(&self) -> Vec<(Mode, u32)> {
        [Mode::Jwt, Mode::SessionRedis, Mode::Bare].map(|mode| (mode, 1)).to_vec()
    }

    fn visitors(&self) -> u32 {
        self.visitors
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let fleets = bench.fleets;
        let bare = fleets.iter().filter(|fleet| fleet.mode == Mode::Bare);
        let mut crowds = Vec::new();
        for fleet in bench.twins().chain(bare) {
            crowds.push(Crowd::of(fleet, self, bench).await?);
        }
        let mut arms = Vec::new();
        for (purpose, (mode, workload)) in plan_of(fleets) {
            if let Some(crowd) = crowds.iter().find(|crowd| crowd.fleet.mode == mode) {
                arms.push(crowd.arm(workload, purpose, self).await?);
            }
        }
        let mut interleaved = Interleaved::new(arms.len(), bench.seed);
        for block in 0..self.stretches.blocks {
            bench.notebook.say(format!("auth-cost: block {} of {}", block + 1, self.stretches.blocks));
            for (turn, arm) in interleaved.block(block) {
                arms[arm].measure(bench, turn).await?;
            }
        }
        Ok(())
    }
}

fn plan_of(fleets: &[Fleet]) -> Vec<(Purpose, (Mode, Workload))> {
    let floor = fleets.iter().any(|fleet| fleet.mode == Mode::Bare).then_some(FLOOR);
    let compared = COMPARED.into_iter().chain(floor).map(|arm| (Purpose::Comparison, arm));
    compared.chain([TWIN; 2].map(|arm| (Purpose::AgainstItself, arm))).collect()
}

fn stretches(section: &AuthCost, per_second: f64) -> [Stretch; 2] {
    let (eased, flat_out) = (&section.stretches, &section.flat_out);
    let (open, closed) = (Load::Open { per_second }, Load::Closed { users: flat_out.users });
    [
        Stretch { load: open, aim: Aim::Latency, warm_up: eased.warm_up, measured: eased.measured },
        Stretch { load: closed, aim: Aim::CpuTime, warm_up: flat_out.warm_up, measured: flat_out.measured },
    ]
}

/// The visitors of one fleet, once with and once without a credential.
struct Crowd<'a> {
    fleet: &'a Fleet,
    strangers: Generator,
    known: Option<Generator>,
}

impl<'a> Crowd<'a> {
    async fn of(fleet: &'a Fleet, section: &AuthCost, bench: &Bench<'_>) -> Result<Crowd<'a>, Halt> {
        let start = async |login: Option<Login>| bench.crowd(fleet, 1, section.visitors, login).await;
        let known = if fleet.mode == Mode::Bare { None } else { Some(start(login(fleet)).await?) };
        Ok(Crowd { fleet, strangers: start(None).await?, known })
    }

    async fn arm(&'a self, workload: Workload, purpose: Purpose, section: &AuthCost) -> Result<Arm<'a>, Halt> {
        let get = |path| Scenario::Get(PathAndQuery::from_static(path));
        let (scenario, per_second) = match workload {
            Workload::Anonymous => (get(paths::ANONYMOUS), section.rate),
            Workload::Whoami => (get(paths::WHOAMI), section.rate),
            Workload::Profile => (get(paths::PROFILE), section.rate),
            Workload::Journey => (Scenario::Journey(Mix::default()), section.journey_rate),
        };
        let known = self.known.as_ref().filter(|_| workload != Workload::Anonymous);
        Ok(Arm {
            experiment: Experiment::AuthCost,
            mode: self.fleet.mode,
            workload,
            purpose,
            replicas: 1,
            round_trip: None,
            stretches: stretches(section, per_second).to_vec(),
            scenario,
            visitors: section.visitors,
            generator: known.unwrap_or(&self.strangers),
            meters: Meters::on(self.fleet, 1, None).await?,
        })
    }
}
