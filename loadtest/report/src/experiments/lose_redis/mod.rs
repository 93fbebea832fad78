//! Experiment `lose-redis`: what is lost when Redis is?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{LoseRedis, findings, lost, unnoticed};

pub(crate) static SPEC: ExperimentSpec<LoseRedis> = ExperimentSpec {
    name: Experiment::LoseRedis,
    question: "What is lost when Redis is?",
    prediction: "Everybody is logged out, and until it is back nobody gets in; with tokens nobody notices.",
    claims: &[
        claim("session-data-can-be-lost", Stateful, "Session data can be lost", lost),
        claim(
            "stateless-fleet-survives-redis",
            Stateless,
            "A stateless fleet does not notice when Redis fails",
            unnoticed,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
