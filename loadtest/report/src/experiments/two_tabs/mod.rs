//! Experiment `two-tabs`: what happens to two tabs of one person?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::Stateful;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{TwoTabs, findings, workflows};

pub(crate) static SPEC: ExperimentSpec<TwoTabs> = ExperimentSpec {
    name: Experiment::TwoTabs,
    question: "What happens to two tabs of one person?",
    prediction: "A session is the one place where both meet, so it is safe; a client that carries its own state loses \
                 some.",
    claims: &[claim(
        "work-in-steps-is-safer-in-a-session",
        Stateful,
        "Work in several steps is safer in a session",
        workflows,
    )],
    find: |evidence, _| findings(evidence.recording),
    section,
};
