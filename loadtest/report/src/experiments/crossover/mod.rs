//! Experiment `crossover`: how near must Redis be for a session to be the faster one?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::Stateless;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{Crossover, findings, sooner};

pub(crate) static SPEC: ExperimentSpec<Crossover> = ExperimentSpec {
    name: Experiment::Crossover,
    question: "How near must Redis be for a session to be the faster one?",
    prediction: "Arithmetic always beats a question over the network, so a token is faster wherever Redis is.",
    claims: &[claim(
        "token-is-faster-wherever-redis-is",
        Stateless,
        "A token is checked sooner than a session, wherever Redis is",
        sooner,
    )],
    find: |evidence, _| findings(evidence),
    section,
};
