//! Plan section: what does a plan say of one experiment, and what does that experiment need?

use std::fmt::Debug;
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::Mode;
use serde::Deserialize;

use crate::durations::humane;
use crate::experiments::bench::{Bench, Halt};

/// A section of a plan. An experiment without one does not run.
#[async_trait(?Send)]
pub trait Section: Debug {
    /// # Errors
    /// It asks for what cannot be.
    fn check(&self) -> anyhow::Result<()> {
        Ok(())
    }

    fn needs(&self) -> Needs;

    /// Carries it out, and records what it sees.
    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt>;
}

/// What must be there for an experiment, or for all of a plan, and how long it takes.
#[derive(Debug, Default, PartialEq)]
pub struct Needs {
    /// All of it, on a quiet machine.
    pub takes: Duration,
    /// The fleets that it shares with others, and how many replicas of each. What it breaks, it starts itself.
    pub fleets: Vec<(Mode, u32)>,
    /// So many people must be able to log in there.
    pub visitors: u32,
    /// The share of a core that it holds each replica and each Redis to.
    pub cap: Option<f64>,
}

impl Needs {
    /// Of both, one after the other: fleets are started once, each with as many replicas as the larger need.
    pub fn and(mut self, other: Needs) -> Needs {
        for (mode, replicas) in other.fleets {
            match self.fleets.iter_mut().find(|(known, _)| *known == mode) {
                Some((_, most)) => *most = replicas.max(*most),
                None => self.fleets.push((mode, replicas)),
            }
        }
        Needs {
            takes: self.takes + other.takes,
            visitors: self.visitors.max(other.visitors),
            cap: self.cap.or(other.cap),
            ..self
        }
    }
}

/// Fleets of one replica each.
pub fn single(modes: impl IntoIterator<Item = Mode>) -> Vec<(Mode, u32)> {
    modes.into_iter().map(|mode| (mode, 1)).collect()
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
        ensure!(self.blocks > 0 && !self.measured.is_zero(), "blocks and measured must be above 0");
        Ok(())
    }
}
