//! What does it cost to know who is calling?
//!
//! All arms get requests at the same rate, far from what any of them can answer: that tells the latency. Then each gets
//! as many as it can answer: that tells the CPU time of the work alone, since no core falls asleep in between and has
//! to be woken. One arm is measured twice: how far it lies from itself is noise.

use std::time::Duration;

use http::uri::PathAndQuery;
use loadtest::recording::{Experiment, Load, Mode, Purpose, Workload};
use shared::api::paths;

use super::arm::{Arm, Stretch};
use super::bench::{Bench, Halt, Interleaved, login};
use crate::fleet::Fleet;
use crate::fleet::meters::Meters;
use crate::load::generator::{Generator, Habits, Login, Population};
use crate::load::measure::Aim;
use crate::load::scenario::{Mix, Scenario};
use crate::load::window::Balance;
use crate::plan::{AuthCost, Plan};

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
/// A slow answer is one thing, none another.
const DEADLINE: Duration = Duration::from_secs(2);

pub fn takes(plan: &Plan) -> Duration {
    let block = |section: &AuthCost| stretches(section, section.rate).map(Stretch::takes).iter().sum::<Duration>();
    plan.auth_cost.as_ref().map_or(Duration::ZERO, |section| block(section) * ARMS * section.stretches.blocks)
}

pub async fn run(section: &AuthCost, bench: &mut Bench<'_>) -> Result<(), Halt> {
    let fleets = bench.fleets;
    let bare = fleets.iter().filter(|fleet| fleet.mode == Mode::Bare);
    let mut crowds = Vec::new();
    for fleet in bench.twins().chain(bare) {
        crowds.push(Crowd::of(fleet, section, bench).await?);
    }
    let mut arms = Vec::new();
    for (purpose, (mode, workload)) in plan_of(fleets) {
        if let Some(crowd) = crowds.iter().find(|crowd| crowd.fleet.mode == mode) {
            arms.push(crowd.arm(workload, purpose, section).await?);
        }
    }
    let mut interleaved = Interleaved::new(arms.len(), bench.seed);
    for block in 0..section.stretches.blocks {
        bench.notebook.say(format!("auth-cost: block {} of {}", block + 1, section.stretches.blocks));
        for (turn, arm) in interleaved.block(block) {
            arms[arm].measure(bench, turn).await?;
        }
    }
    Ok(())
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
        let start = async |login: Option<Login>| {
            let population = Population {
                replicas: fleet.addresses(1),
                balance: Balance::RoundRobin,
                visitors: section.visitors,
                login,
                deadline: DEADLINE,
                cores: bench.cores.generator.clone(),
                seed: bench.seed,
                habits: Habits::default(),
            };
            bench.crowd(population).await
        };
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
            stretches: stretches(section, per_second).to_vec(),
            scenario,
            visitors: section.visitors,
            generator: known.unwrap_or(&self.strangers),
            meters: Meters::on(self.fleet, 1, None).await?,
        })
    }
}
