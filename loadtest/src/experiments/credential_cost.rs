//! What does each kind of credential cost?
//!
//! Every fleet answers “who am I” as often as it can, one after the other and interleaved; the stateless server's answer
//! to nobody in particular is the control. Flat out, because CPU time is what is asked for.

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
use crate::fleet::meters::Meters;
use load::generator::{Generator, Login};
use load::measured::Aim;
use load::scenario::Scenario;

const KINDS: [Mode; 8] = [
    Mode::Jwt,
    Mode::SessionRedis,
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
const ARMS: u32 = KINDS.len() as u32 + 1 + 2;

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

    fn takes(&self) -> Duration {
        stretch(self).takes() * ARMS * self.stretches.blocks
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.stretches.durations()
    }

    fn fleets(&self) -> Vec<(Mode, u32)> {
        KINDS.map(|mode| (mode, 1)).to_vec()
    }

    fn visitors(&self) -> u32 {
        self.users
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let mut crowds = Vec::new();
        for fleet in bench.fleets.iter().filter(|fleet| KINDS.contains(&fleet.mode)) {
            if fleet.mode == TWIN {
                let strangers = crowd(fleet, None, self, bench).await?;
                crowds.push((fleet, Workload::Anonymous, vec![Purpose::Comparison], strangers));
            }
            let purposes = match fleet.mode {
                TWIN => vec![Purpose::Comparison, Purpose::AgainstItself, Purpose::AgainstItself],
                _ => vec![Purpose::Comparison],
            };
            let known = crowd(fleet, login(fleet), self, bench).await?;
            crowds.push((fleet, Workload::Whoami, purposes, known));
        }
        let mut arms = Vec::new();
        for (fleet, workload, purposes, generator) in &crowds {
            for purpose in purposes {
                arms.push(arm(fleet, *workload, *purpose, self, generator).await?);
            }
        }
        let mut interleaved = Interleaved::new(arms.len(), bench.seed);
        for block in 0..self.stretches.blocks {
            bench.notebook.say(format!("credential-cost: block {} of {}", block + 1, self.stretches.blocks));
            for (turn, arm) in interleaved.block(block) {
                arms[arm].measure(bench, turn).await?;
            }
        }
        Ok(())
    }
}

async fn crowd(
    fleet: &Fleet,
    login: Option<Login>,
    section: &CredentialCost,
    bench: &Bench<'_>,
) -> Result<Generator, Halt> {
    bench.crowd(fleet, 1, section.users, login).await
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
        round_trip: None,
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
