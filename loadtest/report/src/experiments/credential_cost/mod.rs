//! Experiment `credential-cost`: what does each kind of credential cost?

pub mod chapter;
pub mod findings;

use crate::experiments::spec::ExperimentSpec;
use crate::recording::Experiment;
use chapter::section;
use findings::{CredentialCost, findings};

pub(crate) static SPEC: ExperimentSpec<CredentialCost> = ExperimentSpec {
    name: Experiment::CredentialCost,
    question: "What does each kind of credential cost?",
    prediction: "A signature is only arithmetic, so any token is cheaper than any session; and a denylist costs what a \
                 session costs.",
    claims: &[],
    find: |evidence, _| findings(evidence),
    section,
};
