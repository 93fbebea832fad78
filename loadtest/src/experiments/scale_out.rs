//! Scaling out: how much more can more replicas answer?
//!
//! Each replica has one worker and a fixed share of a core, so that one more replica is one more of the same on any
//! machine. Each visitor asks again as soon as it is answered; there are so many for each replica that it always has
//! work.

use anyhow::bail;
use async_trait::async_trait;
use report::recording::{Aim, Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt, login};
use crate::experiments::measurement::{Arm, Stretch, interleave};
use crate::experiments::section::{Needs, Section, Stretches};
use crate::fleet::Fleet;
use crate::fleet::caps::Caps;

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

    fn stretch(&self, users: u32) -> Stretch {
        Stretch::of(Load::Closed { users }, Aim::Throughput, &self.stretches)
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

    fn needs(&self) -> Needs {
        Needs {
            takes: self.stretch(1).takes() * (self.modes.len() * self.replicas.len()) as u32 * self.stretches.blocks,
            fleets: self.modes.iter().map(|mode| (*mode, self.most_replicas())).collect(),
            visitors: self.users_per_replica * self.most_replicas(),
            cap: Some(self.share),
        }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let fleets: Vec<&Fleet> = bench.fleets.iter().filter(|fleet| self.modes.contains(&fleet.mode)).collect();
        let mut crowds = Vec::new();
        for (fleet, replicas) in fleets.iter().flat_map(|fleet| self.replicas.iter().map(move |count| (*fleet, *count)))
        {
            crowds.push(bench.crowd(fleet, replicas, self.users_per_replica * replicas, login(fleet)).await?);
        }
        // Not before everybody is logged in: to check a password takes more than a share gives in a while.
        let (caps, sentence) = Caps::put_on(&fleets, self.share, &bench.cores)?;
        bench.recorder.note(Experiment::ScaleOut, sentence)?;
        bench.recorder.note(Experiment::ScaleOut, STICKY)?;
        let mut arms = Vec::new();
        for crowd in &crowds {
            let (how, stretch) = ((Workload::Whoami, Purpose::Comparison), self.stretch(crowd.visitors));
            let mut arm = Arm::of(Experiment::ScaleOut, crowd, how, &[stretch]).await?;
            arm.meters.caps = Some(&caps);
            arms.push(arm);
        }
        interleave(&mut arms, self.stretches.blocks, bench).await
    }
}

const STICKY: &str =
    "Each visitor stays with one replica, so that one that waits for its share holds up nobody else's visitors.";
