//! Distance to Redis: how near must it be for a session to be the faster one?
//!
//! Every kind of token and a session answer “who am I” at an easy rate, the session with Redis at several distances: a proxy
//! before it holds back each byte. The same session without the proxy is there to weigh the proxy itself.

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::evidence::sides::STATEFUL;
use report::recording::{Aim, Load, Mode, Workload};
use serde::Deserialize;

use crate::durations::all_humane;
use crate::experiments::arm::{self, ArmPlan, Stretch};
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::measurement::interleave;
use crate::experiments::section::{Needs, Section, Stretches};
use crate::fleet::{Fleet, Settings};

const TOKENS: [Mode; 4] = [Mode::Jwt, Mode::JwtEs256, Mode::JwtEs256Cached, Mode::JwtEddsa];
/// A fleet behind a proxy, and its visitors.
const START: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Crossover {
    /// Requests a second, far from what any server here can do.
    rate: f64,
    visitors: u32,
    /// From the server to Redis and back. Zero is among them: the proxy itself.
    #[serde(deserialize_with = "all_humane")]
    round_trips: Vec<Duration>,
    stretches: Stretches,
}

#[async_trait(?Send)]
impl Section for Crossover {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.rate > 0.0 && self.visitors > 0, "rate and visitors must be above 0");
        ensure!(
            self.round_trips.contains(&Duration::ZERO),
            "round-trips must have \"0s\" among them, which weighs the proxy"
        );
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        let needs = arm::needs(&self.arms(), self.stretches.blocks);
        Needs { takes: START + needs.takes, ..needs }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        bench.recorder.say("crossover: a fleet that is far from its Redis");
        // Near until its visitors are logged in.
        let settings = Settings { replicas: 1, round_trip: Some(Duration::ZERO), ..bench.settings.clone() };
        let far = bench.unless_stopped(Fleet::start(STATEFUL, &settings)).await?;
        let arms = arm::start(self.arms(), [&far].into_iter().chain(bench.fleets), bench).await?;
        bench.recorder.spent(START);
        interleave(&arms, self.stretches.blocks, bench).await
    }
}

impl Crossover {
    fn arms(&self) -> Vec<ArmPlan> {
        let stretch = Stretch::of(Load::Open { per_second: self.rate }, Aim::Latency, &self.stretches);
        let arm = |mode| ArmPlan::of(mode, Workload::Whoami, self.visitors, &[stretch]);
        let far = self.round_trips.iter().map(|far| ArmPlan { round_trip: Some(*far), ..arm(STATEFUL) });
        let near = TOKENS.into_iter().chain([STATEFUL]).flat_map(|mode| arm(mode).with_twins());
        far.chain(near).collect()
    }
}
