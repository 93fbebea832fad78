//! Experiment `kill-one`: what is lost when a replica is killed?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{KillOne, findings, stateful, stateless};

pub(crate) static SPEC: ExperimentSpec<KillOne> = ExperimentSpec {
    name: Experiment::KillOne,
    question: "What is lost when a replica is killed?",
    prediction: "Nothing with tokens, for nothing was there; with sessions, whoever was logged in on it.",
    claims: &[
        claim(
            "killed-replica-takes-no-stateless-state",
            Stateless,
            "A killed replica takes no state of a stateless client with it",
            stateless,
        ),
        claim("killed-replica-takes-sessions", Stateful, "A killed replica takes sessions with it", stateful),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
