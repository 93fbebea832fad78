//! Where is an experiment carried out, and in which order?

use std::time::Duration;

use report::evidence::sides::{STATEFUL, STATELESS};
use tokio::sync::watch;

use crate::fleet::cores::Cores;
use crate::fleet::{Fleet, Settings};
use crate::recorder::Notebook;
use load::connection_slot::Balance;
use load::expected_work::Lookups;
use load::generator;
use load::generator::{Generator, Habits, Login, Population};
use load::users::Who;

/// A slow answer is one thing, none another.
const DEADLINE: Duration = Duration::from_secs(2);

/// Where experiments are carried out.
pub struct Bench<'a> {
    pub fleets: &'a [Fleet],
    /// As these were started; for an experiment that breaks its own.
    pub settings: &'a Settings,
    pub cores: Cores,
    pub seed: u64,
    pub stop: watch::Receiver<bool>,
    pub notebook: &'a mut Notebook,
}

/// Why an experiment does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<generator::Failed> for Halt {
    fn from(failed: generator::Failed) -> Halt {
        Halt::Failed(failed.into())
    }
}

impl<'a> Bench<'a> {
    /// # Errors
    /// Somebody pressed Ctrl-C.
    pub fn interrupted(&self) -> Result<(), Halt> {
        if *self.stop.borrow() { Err(Halt::Interrupted) } else { Ok(()) }
    }

    /// Does something that takes its time.
    ///
    /// # Errors
    /// Somebody pressed Ctrl-C meanwhile, or it failed.
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = anyhow::Result<T>>) -> Result<T, Halt> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            _ = stop.wait_for(|stopped| *stopped) => Err(Halt::Interrupted),
            done = work => Ok(done?),
        }
    }

    /// The two fleets that most experiments compare.
    pub fn twins(&self) -> impl Iterator<Item = &'a Fleet> + use<'a> {
        self.fleets.iter().filter(|fleet| [STATELESS, STATEFUL].contains(&fleet.mode))
    }

    /// Visitors of the first so many replicas, each with its own; logged in if they shall be.
    ///
    /// # Errors
    /// They cannot log in, or somebody pressed Ctrl-C meanwhile.
    pub async fn crowd(
        &self,
        fleet: &Fleet,
        replicas: u32,
        visitors: u32,
        login: Option<Login>,
    ) -> Result<Generator, Halt> {
        let population = Population {
            replicas: fleet.addresses(replicas),
            balance: Balance::Sticky,
            visitors,
            login,
            deadline: DEADLINE,
            cores: self.cores.generator.clone(),
            seed: self.seed,
            habits: Habits::default(),
        };
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            _ = stop.wait_for(|stopped| *stopped) => Err(Halt::Interrupted),
            started = Generator::start(population) => Ok(started?),
        }
    }
}

/// Every arm once per block, in an order drawn from the seed; each second block runs the one before it backwards, so
/// that whatever drifts on this machine drifts through all arms alike.
pub struct Interleaved {
    random: fastrand::Rng,
    order: Vec<usize>,
}

impl Interleaved {
    pub fn new(arms: usize, seed: u64) -> Interleaved {
        Interleaved { random: fastrand::Rng::with_seed(seed), order: (0..arms).collect() }
    }

    /// Which arm's turn it is, one after the other.
    pub fn block(&mut self, number: u32) -> Vec<(Turn, usize)> {
        if number.is_multiple_of(2) {
            self.random.shuffle(&mut self.order);
        } else {
            self.order.reverse();
        }
        (0..).map(|order| Turn { block: number, order }).zip(self.order.iter().copied()).collect()
    }
}

/// A place in the interleaving, both counted from 0.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    pub block: u32,
    pub order: u32,
}

/// Each visitor as itself, with what this fleet hands out.
pub fn login(fleet: &Fleet) -> Option<Login> {
    Some(Login { who: Who::Each, kind: fleet.credential(), lookups: Lookups::of(fleet.mode) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(blocks: &[Vec<(Turn, usize)>]) -> Vec<Vec<usize>> {
        blocks.iter().map(|block| block.iter().map(|(_, arm)| *arm).collect()).collect()
    }

    #[test]
    fn each_arm_has_its_turn_in_every_block_and_every_second_block_runs_backwards() {
        let mut interleaved = Interleaved::new(11, 42);
        let blocks = arms(&(0..4).map(|number| interleaved.block(number)).collect::<Vec<_>>());
        for pair in blocks.chunks(2) {
            assert!(pair[0].iter().eq(pair[1].iter().rev()), "{blocks:?}");
            assert!((0..11).all(|arm| pair[0].contains(&arm)), "{blocks:?}");
        }
        assert_ne!(blocks[0], blocks[2], "drawn anew");
    }
}
