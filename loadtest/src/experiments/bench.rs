//! Test bench: where is an experiment carried out, and who visits the fleets there?

use report::evidence::sides::{STATEFUL, STATELESS};
use tokio::sync::watch;

use crate::fleet::cores::Cores;
use crate::fleet::{Fleet, Settings};
use crate::recorder::Recorder;
use load::connection_slot::Balance;
use load::expected_work::Lookups;
use load::generator;
use load::generator::{Generator, GeneratorConfig, Login};
use load::users::Accounts;

/// Where experiments are carried out.
pub struct Bench<'a> {
    pub fleets: &'a [Fleet],
    /// As these were started; for an experiment that breaks its own.
    pub settings: &'a Settings,
    pub cores: Cores,
    pub seed: u64,
    pub stop: watch::Receiver<bool>,
    pub recorder: &'a mut Recorder,
}

/// Why an experiment does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<generator::GeneratorError> for Halt {
    fn from(failed: generator::GeneratorError) -> Halt {
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
    pub async fn crowd<'f>(
        &self,
        fleet: &'f Fleet,
        replicas: u32,
        visitors: u32,
        login: Option<Login>,
    ) -> Result<Crowd<'f>, Halt> {
        let config = GeneratorConfig {
            balance: Balance::Sticky,
            login,
            cores: self.cores.generator.clone(),
            seed: self.seed,
            ..GeneratorConfig::anonymous(fleet.addresses(replicas), visitors)
        };
        let generator = self.unless_stopped(async { Ok(Generator::start(config).await?) }).await?;
        Ok(Crowd { fleet, replicas, visitors, generator })
    }
}

/// Visitors of one fleet.
pub struct Crowd<'f> {
    pub fleet: &'f Fleet,
    pub replicas: u32,
    pub visitors: u32,
    pub generator: Generator,
}

/// Each visitor as itself, with what this fleet hands out.
pub fn login(fleet: &Fleet) -> Option<Login> {
    Some(Login { accounts: Accounts::PerVisitor, kind: fleet.credential(), lookups: Lookups::of(fleet.mode) })
}
