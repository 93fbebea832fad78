//! Distance to Redis: how near must it be for a session to be the faster one?
//!
//! Every kind of token and a session answer “who am I” at an easy rate, the session with Redis at several distances: a proxy
//! before it holds back each byte. The same session without the proxy is there to weigh the proxy itself.

use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use report::evidence::sides::STATEFUL;
use report::recording::{Aim, Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt, login};
use crate::experiments::measurement::{Arm, Stretch, TWICE_MORE, interleave};
use crate::experiments::section::{Needs, Section, Stretches, all_humane, single};
use crate::fleet::{Fleet, Settings};

const TOKENS: [Mode; 4] = [Mode::Jwt, Mode::JwtEs256, Mode::JwtEs256Cached, Mode::JwtEddsa];
/// Measured twice more: how far it lies from itself is noise.
const TWIN: Mode = Mode::Jwt;
/// The tokens, the session without a proxy, and the twins.
const WITHOUT_PROXY: u32 = TOKENS.len() as u32 + 1 + 2;
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
        if self.rate <= 0.0 || self.visitors == 0 {
            bail!("rate and visitors must be above 0");
        }
        if !self.round_trips.contains(&Duration::ZERO) {
            bail!("round-trips must have \"0s\" among them, which weighs the proxy");
        }
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        let arms = WITHOUT_PROXY + self.round_trips.len() as u32;
        Needs {
            takes: START + self.stretch().takes() * arms * self.stretches.blocks,
            fleets: single(TOKENS.into_iter().chain([STATEFUL])),
            visitors: self.visitors,
            ..Needs::default()
        }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        bench.recorder.say("crossover: a fleet that is far from its Redis");
        let far = far_fleet(bench).await?;
        let near = bench.fleets.iter().filter(|fleet| fleet.mode == STATEFUL || TOKENS.contains(&fleet.mode));
        let mut crowds = Vec::new();
        for fleet in [&far].into_iter().chain(near) {
            crowds.push(bench.crowd(fleet, 1, self.visitors, login(fleet)).await?);
        }
        bench.recorder.spent(START);
        let mut arms = Vec::new();
        for crowd in &crowds {
            for (purpose, round_trip) in turns(crowd.fleet, &self.round_trips) {
                let how = (Workload::Whoami, purpose);
                let arm = Arm::of(Experiment::Crossover, crowd, how, &[self.stretch()]).await?;
                arms.push(Arm { round_trip, ..arm });
            }
        }
        interleave(&mut arms, self.stretches.blocks, bench).await
    }
}

impl Crossover {
    fn stretch(&self) -> Stretch {
        Stretch::of(Load::Open { per_second: self.rate }, Aim::Latency, &self.stretches)
    }
}

/// Near until its visitors are logged in.
async fn far_fleet(bench: &Bench<'_>) -> Result<Fleet, Halt> {
    let settings = Settings { replicas: 1, round_trip: Some(Duration::ZERO), ..bench.settings.clone() };
    bench.unless_stopped(Fleet::start(STATEFUL, &settings)).await
}

/// As what each fleet takes part, and with Redis how far away.
fn turns(fleet: &Fleet, round_trips: &[Duration]) -> Vec<(Purpose, Option<Duration>)> {
    match (&fleet.proxy, fleet.mode) {
        (Some(_), _) => round_trips.iter().map(|far| (Purpose::Comparison, Some(*far))).collect(),
        (None, TWIN) => TWICE_MORE.map(|purpose| (purpose, None)).into(),
        (None, _) => vec![(Purpose::Comparison, None)],
    }
}
