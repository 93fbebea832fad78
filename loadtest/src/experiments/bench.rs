//! Test bench: where is an experiment carried out?

use report::evidence::sides::{STATEFUL, STATELESS};
use report::recording::Experiment;
use tokio::sync::watch;

use crate::fleet::{Fleet, Settings};
use crate::interrupt;
use crate::recorder::Recorder;

/// Where experiments are carried out, one after the other.
pub struct Bench<'a> {
    /// The one that is carried out.
    pub experiment: Experiment,
    pub fleets: &'a [Fleet],
    /// As these were started; for an experiment that breaks its own.
    pub settings: &'a Settings,
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
        Ok(interrupt::unless(&self.stop, work).await.ok_or(Halt::Interrupted)??)
    }

    /// The two fleets that most experiments compare.
    pub fn twins(&self) -> impl Iterator<Item = &'a Fleet> + use<'a> {
        self.fleets.iter().filter(|fleet| [STATELESS, STATEFUL].contains(&fleet.mode))
    }

    /// Why the experiment, or a part of it, did not happen.
    pub fn skipped(&mut self, sentence: impl Into<String>) -> anyhow::Result<()> {
        self.recorder.skipped(Some(self.experiment), sentence)
    }
}
