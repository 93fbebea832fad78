//! Experiment `rotate-key`: does anybody notice a new key?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::Stateless;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{RotateKey, findings, stateless};

pub(crate) static SPEC: ExperimentSpec<RotateKey> = ExperimentSpec {
    name: Experiment::RotateKey,
    question: "Does anybody notice a new key?",
    prediction: "A new signing key logs everybody out, and sessions have no key that could change.",
    claims: &[claim(
        "new-key-burdens-tokens",
        Stateless,
        "A new signing key is a burden that tokens bring with them",
        stateless,
    )],
    find: |evidence, _| findings(evidence.recording),
    section,
};
