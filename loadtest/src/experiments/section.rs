//! What does a plan say of one experiment, and what does that experiment need?

use std::fmt::Debug;
use std::time::Duration;

use anyhow::bail;
use async_trait::async_trait;
use report::recording::Mode;
use serde::{Deserialize, Deserializer};

use crate::experiments::bench::{Bench, Halt};
use crate::fleet::balancer::Balancer;

/// A section of a plan. An experiment without one does not run.
#[async_trait(?Send)]
pub trait Section: Debug {
    /// # Errors
    /// It asks for what cannot be.
    fn check(&self) -> anyhow::Result<()>;

    /// All of it, for the time left.
    fn takes(&self) -> Duration;

    /// Its stretches of load, which can be made longer.
    fn stretches(&mut self) -> Vec<&mut Duration> {
        Vec::new()
    }

    /// Has this balancer alone decide which replica answers, where that is anybody's choice.
    fn put_behind(&mut self, _balancer: Balancer) {}

    /// The fleets that it has in common with others, and how many replicas of them it needs. What it breaks, it starts
    /// itself.
    fn fleets(&self) -> Vec<(Mode, u32)> {
        Vec::new()
    }

    /// So many people must be able to log in there.
    fn visitors(&self) -> u32 {
        1
    }

    /// The share of a core that it holds each replica and each Redis to.
    fn cap(&self) -> Option<f64> {
        None
    }

    /// Carries it out, and writes down what it sees.
    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt>;
}

/// How often each arm is measured, and how long.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stretches {
    pub blocks: u32,
    #[serde(deserialize_with = "humane")]
    pub measured: Duration,
    /// Before each, and thrown away.
    #[serde(deserialize_with = "humane")]
    pub warm_up: Duration,
}

impl Stretches {
    pub fn check(&self) -> anyhow::Result<()> {
        if self.blocks == 0 || self.measured.is_zero() {
            bail!("blocks and measured must be above 0");
        }
        Ok(())
    }

    pub fn durations(&mut self) -> Vec<&mut Duration> {
        vec![&mut self.measured, &mut self.warm_up]
    }
}

/// A duration as people write it: `800ms`, `1.5s`, `2m`.
///
/// # Errors
/// It is something else.
pub fn humane<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
}

/// Several of them.
///
/// # Errors
/// One is something else.
pub fn all_humane<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| humantime::parse_duration(text).map_err(serde::de::Error::custom)).collect()
}
