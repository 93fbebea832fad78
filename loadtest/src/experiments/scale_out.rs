//! How much more can more replicas answer?
//!
//! Each replica has one worker and a fixed share of a core, so that one more replica is one more of the same on any
//! machine. Each visitor asks again as soon as it is answered; there are so many for each replica that it always has
//! work.

use std::time::Duration;

use http::uri::PathAndQuery;
use loadtest::recording::{Experiment, Load, Purpose, Workload};
use shared::api::paths;

use super::arm::{Arm, Stretch};
use super::bench::{Bench, Halt, Interleaved, login};
use crate::fleet::Fleet;
use crate::fleet::caps::Caps;
use crate::fleet::meters::Meters;
use crate::load::generator::{Generator, Habits, Population};
use crate::load::measure::Aim;
use crate::load::scenario::Scenario;
use crate::load::window::Balance;
use crate::plan::{Plan, ScaleOut};

const DEADLINE: Duration = Duration::from_secs(2);

pub fn takes(plan: &Plan) -> Duration {
    let block =
        |section: &ScaleOut| stretch(section, 1).takes() * section.modes.len() as u32 * section.replicas.len() as u32;
    plan.scale_out.as_ref().map_or(Duration::ZERO, |section| block(section) * section.stretches.blocks)
}

pub async fn run(section: &ScaleOut, bench: &mut Bench<'_>) -> Result<(), Halt> {
    let fleets: Vec<&Fleet> = bench.fleets.iter().filter(|fleet| section.modes.contains(&fleet.mode)).collect();
    let mut crowds = Vec::new();
    for (fleet, replicas) in fleets.iter().flat_map(|fleet| section.replicas.iter().map(move |count| (*fleet, *count)))
    {
        crowds.push((fleet, replicas, crowd(fleet, replicas, section, bench).await?));
    }
    // Not before everybody is logged in: to check a password takes more than a share gives in a while.
    let (caps, sentence) = Caps::put_on(&fleets, section.share, &bench.cores)?;
    bench.notebook.note(Experiment::ScaleOut, sentence)?;
    bench.notebook.note(Experiment::ScaleOut, STICKY)?;
    let mut arms = Vec::new();
    for (fleet, replicas, generator) in &crowds {
        let meters = Meters::on(fleet, *replicas, Some(&caps)).await?;
        arms.push(arm(fleet, *replicas, section, generator, meters));
    }
    let mut interleaved = Interleaved::new(arms.len(), bench.seed);
    for block in 0..section.stretches.blocks {
        bench.notebook.say(format!("scale-out: block {} of {}", block + 1, section.stretches.blocks));
        for (turn, arm) in interleaved.block(block) {
            arms[arm].measure(bench, turn).await?;
        }
    }
    Ok(())
}

const STICKY: &str =
    "Each visitor stays with one replica, so that one that waits for its share holds up nobody else's visitors.";

async fn crowd(fleet: &Fleet, replicas: u32, section: &ScaleOut, bench: &Bench<'_>) -> Result<Generator, Halt> {
    let population = Population {
        replicas: fleet.addresses(replicas),
        balance: Balance::Sticky,
        visitors: section.users_per_replica * replicas,
        login: login(fleet),
        deadline: DEADLINE,
        cores: bench.cores.generator.clone(),
        seed: bench.seed,
        habits: Habits::default(),
    };
    bench.crowd(population).await
}

fn arm<'a>(fleet: &Fleet, replicas: u32, section: &ScaleOut, generator: &'a Generator, meters: Meters<'a>) -> Arm<'a> {
    let users = section.users_per_replica * replicas;
    Arm {
        experiment: Experiment::ScaleOut,
        mode: fleet.mode,
        workload: Workload::Whoami,
        purpose: Purpose::Comparison,
        replicas,
        stretches: vec![stretch(section, users)],
        scenario: Scenario::Get(PathAndQuery::from_static(paths::WHOAMI)),
        visitors: users,
        generator,
        meters,
    }
}

fn stretch(section: &ScaleOut, users: u32) -> Stretch {
    let stretches = &section.stretches;
    Stretch {
        load: Load::Closed { users },
        aim: Aim::Throughput,
        warm_up: stretches.warm_up,
        measured: stretches.measured,
    }
}
