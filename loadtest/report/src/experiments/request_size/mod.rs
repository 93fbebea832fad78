//! Experiment `wire`: what travels with every request?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::Stateless;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{WireBytes, findings, larger};

pub(crate) static SPEC: ExperimentSpec<WireBytes> = ExperimentSpec {
    name: Experiment::Wire,
    question: "What travels with every request?",
    prediction: "A token holds what the server would otherwise remember, so every request is longer.",
    claims: &[claim("token-makes-requests-larger", Stateless, "A request with a token is larger", larger)],
    find: |evidence, _| findings(evidence.recording),
    section,
};
