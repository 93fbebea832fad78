//! What does each kind of credential cost?
//!
//! Every fleet answers “who am I” as often as it can, one after the other and interleaved; the stateless server's answer
//! to nobody in particular is the control. Flat out, because CPU time is what is asked for.

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
use crate::load::scenario::Scenario;
use crate::load::window::Balance;
use crate::plan::{CredentialCost, Plan};

/// The fleets that only this experiment needs.
pub const MORE: [Mode; 6] = [
    Mode::JwtEs256,
    Mode::JwtEs256Cached,
    Mode::JwtEddsa,
    Mode::JwtDenylist,
    Mode::SessionNearCache,
    Mode::SessionMemory,
];
/// Measured twice more: how far it lies from itself is noise.
const TWIN: Mode = Mode::Jwt;
/// Each fleet, the control, and the twins.
const ARMS: u32 = MORE.len() as u32 + 2 + 1 + 2;
const DEADLINE: Duration = Duration::from_secs(2);

pub fn takes(plan: &Plan) -> Duration {
    let all = |section: &CredentialCost| stretch(section).takes() * ARMS * section.stretches.blocks;
    plan.credential_cost.as_ref().map_or(Duration::ZERO, all)
}

pub async fn run(section: &CredentialCost, bench: &mut Bench<'_>) -> Result<(), Halt> {
    let mut crowds = Vec::new();
    for fleet in bench.fleets.iter().filter(|fleet| fleet.mode != Mode::Bare) {
        if fleet.mode == TWIN {
            let strangers = crowd(fleet, None, section, bench).await?;
            crowds.push((fleet, Workload::Anonymous, vec![Purpose::Comparison], strangers));
        }
        let purposes = match fleet.mode {
            TWIN => vec![Purpose::Comparison, Purpose::AgainstItself, Purpose::AgainstItself],
            _ => vec![Purpose::Comparison],
        };
        let known = crowd(fleet, login(fleet), section, bench).await?;
        crowds.push((fleet, Workload::Whoami, purposes, known));
    }
    let mut arms = Vec::new();
    for (fleet, workload, purposes, generator) in &crowds {
        for purpose in purposes {
            arms.push(arm(fleet, *workload, *purpose, section, generator).await?);
        }
    }
    let mut interleaved = Interleaved::new(arms.len(), bench.seed);
    for block in 0..section.stretches.blocks {
        bench.notebook.say(format!("credential-cost: block {} of {}", block + 1, section.stretches.blocks));
        for (turn, arm) in interleaved.block(block) {
            arms[arm].measure(bench, turn).await?;
        }
    }
    Ok(())
}

async fn crowd(
    fleet: &Fleet,
    login: Option<Login>,
    section: &CredentialCost,
    bench: &Bench<'_>,
) -> Result<Generator, Halt> {
    let population = Population {
        replicas: fleet.addresses(1),
        balance: Balance::RoundRobin,
        visitors: section.users,
        login,
        deadline: DEADLINE,
        cores: bench.cores.generator.clone(),
        seed: bench.seed,
        habits: Habits::default(),
    };
    bench.crowd(population).await
}

async fn arm<'a>(
    fleet: &'a Fleet,
    workload: Workload,
    purpose: Purpose,
    section: &CredentialCost,
    generator: &'a Generator,
) -> Result<Arm<'a>, Halt> {
    let path = if workload == Workload::Anonymous { paths::ANONYMOUS } else { paths::WHOAMI };
    Ok(Arm {
        experiment: Experiment::CredentialCost,
        mode: fleet.mode,
        workload,
        purpose,
        replicas: 1,
        stretches: vec![stretch(section)],
        scenario: Scenario::Get(PathAndQuery::from_static(path)),
        visitors: section.users,
        generator,
        meters: Meters::on(fleet, 1, None).await?,
    })
}

fn stretch(section: &CredentialCost) -> Stretch {
    let (load, stretches) = (Load::Closed { users: section.users }, &section.stretches);
    Stretch { load, aim: Aim::CpuTime, warm_up: stretches.warm_up, measured: stretches.measured }
}
