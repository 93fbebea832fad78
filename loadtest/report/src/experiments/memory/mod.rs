//! Experiment `memory`: what does a login cost while nobody asks?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{Memory, findings, stateful, stateless};

pub(crate) static SPEC: ExperimentSpec<Memory> = ExperimentSpec {
    name: Experiment::Memory,
    question: "What does a login cost while nobody asks?",
    prediction: "A token costs its server nothing at all, and a session costs memory for as long as it lasts.",
    claims: &[
        claim(
            "login-takes-no-memory-without-a-session",
            Stateless,
            "A login takes no server memory without a session",
            stateless,
        ),
        claim(
            "session-takes-memory-while-it-lasts",
            Stateful,
            "A session takes server memory for as long as it lasts",
            stateful,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
