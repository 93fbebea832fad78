//! How near must Redis be for a session to be the faster one?
//!
//! Every kind of token and a session answer “who am I” at an easy rate, the session with Redis at several distances: a proxy
//! before it holds back each byte. The same session without the proxy is there to weigh the proxy itself.

use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use http::uri::PathAndQuery;
use report::evidence::sides::STATEFUL;
use report::recording::{Experiment, Load, Mode, Purpose, Workload};
use serde::Deserialize;
use shared::api::paths;

use crate::experiments::bench::{Bench, Halt, Interleaved, login};
use crate::experiments::measurement::{Arm, Stretch};
use crate::experiments::section::{Section, Stretches, all_humane};
use crate::fleet::meters::Meters;
use crate::fleet::proxy::Proxy;
use crate::fleet::{Fleet, Settings};
use load::generator::Generator;
use load::measured::Aim;
use load::scenario::Scenario;

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

    fn takes(&self) -> Duration {
        let arms = WITHOUT_PROXY + self.round_trips.len() as u32;
        START + stretch(self).takes() * arms * self.stretches.blocks
    }

    fn stretches(&mut self) -> Vec<&mut Duration> {
        self.stretches.durations()
    }

    fn fleets(&self) -> Vec<(Mode, u32)> {
        TOKENS.into_iter().chain([STATEFUL]).map(|mode| (mode, 1)).collect()
    }

    fn visitors(&self) -> u32 {
        self.visitors
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        bench.notebook.say("crossover: a fleet that is far from its Redis");
        let far = far_fleet(bench).await?;
        let mut crowds = vec![(&far, crowd(&far, self, bench).await?)];
        for fleet in bench.fleets.iter().filter(|fleet| fleet.mode == STATEFUL || TOKENS.contains(&fleet.mode)) {
            crowds.push((fleet, crowd(fleet, self, bench).await?));
        }
        bench.notebook.spent(START);
        let mut arms = Vec::new();
        for (fleet, generator) in &crowds {
            for (purpose, round_trip) in turns(fleet, &self.round_trips) {
                arms.push((fleet.proxy.as_ref(), arm(fleet, purpose, round_trip, self, generator).await?));
            }
        }
        let mut interleaved = Interleaved::new(arms.len(), bench.seed);
        for block in 0..self.stretches.blocks {
            bench.notebook.say(format!("crossover: block {} of {}", block + 1, self.stretches.blocks));
            for (turn, arm) in interleaved.block(block) {
                let (proxy, arm) = &mut arms[arm];
                if let (Some(proxy), Some(round_trip)) = (proxy, arm.round_trip) {
                    Proxy::set_round_trip(proxy, round_trip);
                }
                arm.measure(bench, turn).await?;
            }
        }
        Ok(())
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
        (None, TWIN) => {
            [Purpose::Comparison, Purpose::AgainstItself, Purpose::AgainstItself].map(|why| (why, None)).into()
        }
        (None, _) => vec![(Purpose::Comparison, None)],
    }
}

async fn crowd(fleet: &Fleet, section: &Crossover, bench: &Bench<'_>) -> Result<Generator, Halt> {
    bench.crowd(fleet, 1, section.visitors, login(fleet)).await
}

async fn arm<'a>(
    fleet: &'a Fleet,
    purpose: Purpose,
    round_trip: Option<Duration>,
    section: &Crossover,
    generator: &'a Generator,
) -> Result<Arm<'a>, Halt> {
    Ok(Arm {
        experiment: Experiment::Crossover,
        mode: fleet.mode,
        workload: Workload::Whoami,
        purpose,
        replicas: 1,
        round_trip,
        stretches: vec![stretch(section)],
        scenario: Scenario::Get(PathAndQuery::from_static(paths::WHOAMI)),
        visitors: section.visitors,
        generator,
        meters: Meters::on(fleet, 1, None).await?,
    })
}

fn stretch(section: &Crossover) -> Stretch {
    let (load, stretches) = (Load::Open { per_second: section.rate }, &section.stretches);
    Stretch { load, aim: Aim::Latency, warm_up: stretches.warm_up, measured: stretches.measured }
}
