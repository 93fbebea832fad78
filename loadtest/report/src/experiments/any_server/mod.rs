//! Experiment `any-server`: can any replica answer any request?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{AnyServer, findings, stateful, stateless};

pub(crate) static SPEC: ExperimentSpec<AnyServer> = ExperimentSpec {
    name: Experiment::AnyServer,
    question: "Can any replica answer any request?",
    prediction: "With tokens any replica will do; with sessions a client must come back to the one that knows it.",
    claims: &[
        claim("any-replica-answers-a-token", Stateless, "Any replica can answer a token", stateless),
        claim(
            "session-needs-a-sticky-client",
            Stateful,
            "A session needs a client that sticks to its replica",
            stateful,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
