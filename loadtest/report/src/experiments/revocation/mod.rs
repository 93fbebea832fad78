//! Experiment `revocation`: how long does a credential outlive its logout?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::Stateless;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{Revocation, bought, findings, outlives};

pub(crate) static SPEC: ExperimentSpec<Revocation> = ExperimentSpec {
    name: Experiment::Revocation,
    question: "How long does a credential outlive its logout?",
    prediction: "A session ends at once. A token cannot be taken back before it expires.",
    claims: &[
        claim("token-outlives-logout", Stateless, "A token outlives its logout, and a session does not", outlives),
        claim(
            "ending-a-token-at-once-costs-a-session",
            Stateless,
            "To end a token at once costs what a session costs",
            bought,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
