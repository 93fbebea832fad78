//! Scaling out: how much more can more replicas answer?
//!
//! Each replica has one worker and a fixed share of a core, so that one more replica is one more of the same on any
//! machine. Each visitor asks again as soon as it is answered; there are so many for each replica that it always has
//! work.

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{Aim, Load, Mode, Workload};
use serde::Deserialize;

use crate::experiments::arm::{self, ArmPlan, Stretch};
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::measurement::interleave;
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
    fn arms(&self) -> Vec<ArmPlan> {
        let arm = |mode, replicas| {
            let users = self.users_per_replica * replicas;
            let stretch = Stretch::of(Load::Closed { users }, Aim::Throughput, &self.stretches);
            ArmPlan { replicas, ..ArmPlan::of(mode, Workload::Whoami, users, &[stretch]) }
        };
        self.modes.iter().flat_map(|mode| self.replicas.iter().map(move |replicas| arm(*mode, *replicas))).collect()
    }
}

#[async_trait(?Send)]
impl Section for ScaleOut {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.modes.is_empty() && !self.modes.contains(&Mode::Bare),
            "modes must name fleets, like [\"jwt\", \"session-redis\"]: without the line it is every kind"
        );
        ensure!(
            !self.replicas.is_empty() && self.replicas.iter().all(|count| (1..=64).contains(count)),
            "replicas must be numbers from 1 to 64, like [1, 2, 4]"
        );
        ensure!(
            (0.01..=1.0).contains(&self.share) && self.users_per_replica > 0,
            "share must be between 0.01 and 1, and users-per-replica above 0"
        );
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        Needs { cap: Some(self.share), ..arm::needs(&self.arms(), self.stretches.blocks) }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let mut arms = arm::start(self.arms(), bench.fleets.iter(), bench).await?;
        // Not before everybody is logged in: to check a password takes more than a share gives in a while.
        let fleets: Vec<&Fleet> = bench.fleets.iter().filter(|fleet| self.modes.contains(&fleet.mode)).collect();
        let (caps, sentence) = Caps::put_on(&fleets, self.share, &bench.settings.cores)?;
        bench.recorder.note(bench.experiment, sentence)?;
        bench.recorder.note(bench.experiment, STICKY)?;
        for arm in &mut arms {
            arm.meters.caps = Some(&caps);
        }
        interleave(&arms, self.stretches.blocks, bench).await
    }
}

const STICKY: &str =
    "Each visitor stays with one replica, so that one that waits for its share holds up nobody else's visitors.";
