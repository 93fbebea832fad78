//! Experiment `caching`: can a shared cache answer instead?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{Caching, findings, stateful, stateless};

pub(crate) static SPEC: ExperimentSpec<Caching> = ExperimentSpec {
    name: Experiment::Caching,
    question: "Can a shared cache answer instead?",
    prediction: "What a stateless server answers can be cached; what depends on a session cannot.",
    claims: &[
        claim(
            "shared-cache-answers-for-stateless",
            Stateless,
            "A shared cache can answer for the stateless server",
            stateless,
        ),
        claim(
            "shared-cache-cannot-answer-for-stateful",
            Stateful,
            "A shared cache cannot answer for the stateful one",
            stateful,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
