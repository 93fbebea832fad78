//! Fault experiments: what do those that break something have in common?

pub mod chapter;
pub mod summary;

use serde::Serialize;

use crate::evidence::claims::Share;
use crate::evidence::validity::Evidence;
use crate::recording::{Experiment, Fault, Mode};
use summary::{FaultSummary, summaries};

/// What a fault experiment finds, the controls among it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FaultRuns {
    pub runs: Vec<FaultSummary>,
}

impl FaultRuns {
    /// None when it was not tried.
    pub(crate) fn of(evidence: &Evidence, experiment: Experiment) -> Option<FaultRuns> {
        let runs = summaries(evidence.recording.fault_runs(experiment));
        (!runs.is_empty()).then_some(FaultRuns { runs })
    }

    /// One for each way in which clients found their replica.
    pub(crate) fn all(&self, mode: Mode, fault: Fault) -> Vec<&FaultSummary> {
        self.runs.iter().filter(|run| (run.mode, run.fault) == (mode, fault)).collect()
    }

    pub(crate) fn first(&self, mode: Mode, fault: Fault) -> Option<&FaultSummary> {
        self.all(mode, fault).first().copied()
    }
}

/// The first reason why nothing follows from all of them together.
pub(crate) fn invalid_reason<'a>(runs: impl IntoIterator<Item = &'a FaultSummary>) -> Option<String> {
    runs.into_iter().find_map(|run| run.invalid_reason.clone())
}

/// None when nobody tried.
pub(crate) fn together(runs: &[&FaultSummary], share: fn(&FaultSummary) -> Share) -> Option<Share> {
    Share::sum(runs.iter().map(|run| share(run)))
}
