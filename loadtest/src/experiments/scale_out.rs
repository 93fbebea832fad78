//! How much more can more replicas answer?
//!
//! Each replica has one worker and a fixed share of a core, so that one more replica is one more of the same on any
//! machine. Each visitor asks again as soon as it is answered; there are so many for each replica that it always has
//! work.

use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use http::uri::PathAndQuery;
use report::recording::{Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;
use shared::api::paths;

use crate::experiments::bench::{Bench, Halt, Interleaved, login};
use crate::experiments::measurement::{Arm, Stretch};
use crate::experiments::section::{Section, Stretches};
use crate::fleet::Fleet;
use crate::fleet::caps::Caps;
use crate::fleet::meters::Meters;
use load::generator::Generator;
use load::measured::Aim;
use load::scenario::Scenario;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScaleOut {
    #[serde(default = "every_way_to_remember")]
    modes: Vec<Mode>,
    replicas: Vec<u32>,
    /// Of one core, for each replica, and for Redis: 0.15 is 15 %.
    share: f64,
    users_per_replica: u32,
    stretches: Stretches,
}

fn every_way_to_remember() -> Vec<Mode> {
    use Mode::{Jwt, JwtDenylist, JwtEs256, SessionMemory, SessionNearCache, SessionRedis};
    vec![Jwt, SessionRedis, JwtEs256, JwtDenylist, SessionNearCache, SessionMemory]
}

impl ScaleOut {
    fn most_replicas(&self) -> u32 {
        self.replicas.iter().copied().max().unwrap_or(1)
    }
}

#[async_trait(?Send)]
impl Section for ScaleOut {
    fn check(&self) -> anyhow::Result<()> {
        if self.modes.is_empty() || self.modes.contains(&Mode::Bare) {
            bail!("modes must name fleets, like [\"jwt\", \"session-redis\"]: without the line it is every kind");
        }
        if self.replicas.is_empty() || self.replicas.iter().any(|count| !(1..=64).contains(count)) {
            bail!("replicas must be numbers from 1 to 64, like [1, 2, 4]");
        }
        if !(0.01..=1.0).contains(&self.share) || self.users_per_replica == 0 {
            bail!("share must be between 0.01 and 1, and users-per-replica above 0");
        }
        self.stretches.check()
    }

    fn takes(&self) -> Duration {
        stretch(self, 1).takes() * (self.modes.len() * self.replicas.len()) as u32 * self.stretches.blocks
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.stretches.durations()
    }

    fn fleets(&self) -> Vec<(Mode, u32)> {
        self.modes.iter().map(|mode| (*mode, self.most_replicas())).collect()
    }

    fn visitors(&self) -> u32 {
        self.users_per_replica * self.most_replicas()
    }

    fn cap(&self) -> Option<f64> {
        Some(self.share)
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let fleets: Vec<&Fleet> = bench.fleets.iter().filter(|fleet| self.modes.contains(&fleet.mode)).collect();
        let mut crowds = Vec::new();
        for (fleet, replicas) in fleets.iter().flat_map(|fleet| self.replicas.iter().map(move |count| (*fleet, *count)))
        {
            crowds.push((fleet, replicas, crowd(fleet, replicas, self, bench).await?));
        }
        // Not before everybody is logged in: to check a password takes more than a share gives in a while.
        let (caps, sentence) = Caps::put_on(&fleets, self.share, &bench.cores)?;
        bench.notebook.note(Experiment::ScaleOut, sentence)?;
        bench.notebook.note(Experiment::ScaleOut, STICKY)?;
        let mut arms = Vec::new();
        for (fleet, replicas, generator) in &crowds {
            let meters = Meters::on(fleet, *replicas, Some(&caps)).await?;
            arms.push(arm(fleet, *replicas, self, generator, meters));
        }
        let mut interleaved = Interleaved::new(arms.len(), bench.seed);
        for block in 0..self.stretches.blocks {
            bench.notebook.say(format!("scale-out: block {} of {}", block + 1, self.stretches.blocks));
            for (turn, arm) in interleaved.block(block) {
                arms[arm].measure(bench, turn).await?;
            }
        }
        Ok(())
    }
}

const STICKY: &str =
    "Each visitor stays with one replica, so that one that waits for its share holds up nobody else's visitors.";

async fn crowd(fleet: &Fleet, replicas: u32, section: &ScaleOut, bench: &Bench<'_>) -> Result<Generator, Halt> {
    bench.crowd(fleet, replicas, section.users_per_replica * replicas, login(fleet)).await
}

fn arm<'a>(fleet: &Fleet, replicas: u32, section: &ScaleOut, generator: &'a Generator, meters: Meters<'a>) -> Arm<'a> {
    let users = section.users_per_replica * replicas;
    Arm {
        experiment: Experiment::ScaleOut,
        mode: fleet.mode,
        workload: Workload::Whoami,
        purpose: Purpose::Comparison,
        replicas,
        round_trip: None,
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
