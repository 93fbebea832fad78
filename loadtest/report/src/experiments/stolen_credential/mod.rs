//! Experiment `stolen-credential`: what is a stolen or forged credential worth?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{StolenCredential, findings, fixation, forged, replayed};

pub(crate) static SPEC: ExperimentSpec<StolenCredential> = ExperimentSpec {
    name: Experiment::StolenCredential,
    question: "What is a stolen or forged credential worth?",
    prediction: "A signed token cannot be forged, and a session can be fixed on its victim.",
    claims: &[
        claim("forged-token-is-refused", Stateless, "A forged token is refused", forged),
        claim("session-can-be-fixed", Stateful, "A session can be fixed on its victim", fixation),
        claim("stolen-token-works-longer", Stateless, "A stolen token works for longer than a stolen cookie", replayed),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
