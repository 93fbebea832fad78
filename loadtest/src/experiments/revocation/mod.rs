//! Revocation: how long is a credential still accepted after its logout?
//!
//! Something is taken from somebody: the login by a logout, or a role by an admin. A copy of the credential goes on asking
//! every replica until all of them refuse it. Each fleet is this experiment's own, with three replicas.

mod arm;
mod copy;
mod people;

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::Mode;
use serde::Deserialize;

use crate::durations::{all_humane, humane};
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};
use crate::fleet::{Fleet, Settings};
use arm::Arm;

/// The fewest at which a copy can meet a replica that was not told, and a third that saw neither.
const REPLICAS: u32 = 3;
/// Until a fleet answers.
const STARTED: Duration = Duration::from_millis(300);
/// A visitor's password is cheap to check.
const LOGIN: Duration = Duration::from_millis(8);

/// What is taken from whom, and how often.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Revocation {
    modes: Vec<Mode>,
    /// So many lose their login, and as many others their role.
    people: u32,
    /// Of the tokens that nobody can take back; the first of them for those with another algorithm.
    #[serde(deserialize_with = "all_humane")]
    lifetimes: Vec<Duration>,
    /// For how long a credential is asked with that should be refused by then.
    #[serde(deserialize_with = "humane")]
    patience: Duration,
}

#[async_trait(?Send)]
impl Section for Revocation {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.people > 0 && !self.modes.is_empty(), "people must be above 0, and modes must name a fleet");
        let possible = self.lifetimes.iter().min().is_some_and(|least| *least >= Duration::from_secs(1));
        ensure!(possible, "lifetimes must be a second or more: the server takes nothing shorter for --access-ttl");
        Ok(())
    }

    fn needs(&self) -> Needs {
        let takes = self.arms().map(Arm::takes).sum();
        Needs { takes, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for arm in self.arms() {
            let (Arm { mode, lifetime, .. }, demo_visitors) = (arm, arm.visitors());
            let life = humantime::format_duration(lifetime);
            bench.recorder.say(format!("revocation: {}, credentials of {life}", mode.name()));
            let settings = Settings { replicas: REPLICAS, demo_visitors, lifetime, ..bench.settings.clone() };
            let fleet = bench.unless_stopped(Fleet::start(mode, &settings)).await?;
            for event in bench.unless_stopped(arm.carried_out(&fleet)).await? {
                bench.recorder.record(&event)?;
            }
            bench.recorder.spent(arm.takes());
        }
        Ok(())
    }
}

impl Revocation {
    /// A fleet for each lifetime where the lifetime is what ends a credential; one where something else does.
    fn arms(&self) -> impl Iterator<Item = Arm> {
        let lasting = Settings::default().lifetime;
        let pairs = self.modes.iter().flat_map(move |&mode| match mode {
            Mode::Jwt => self.lifetimes.iter().map(|lifetime| (mode, *lifetime)).collect(),
            mode if mode.outlives_logout() => vec![(mode, self.lifetimes[0])],
            mode => vec![(mode, lasting)],
        });
        pairs.map(move |(mode, lifetime)| {
            let outlives = if mode.outlives_logout() { lifetime + LEEWAY } else { Duration::ZERO };
            Arm { mode, lifetime, people: self.people, patience: outlives + self.patience }
        })
    }
}

/// By so much replicas' clocks may differ, and so much longer than it says a token is believed.
const LEEWAY: Duration = Duration::from_secs(2);
