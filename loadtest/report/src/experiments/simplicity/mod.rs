//! Experiment `simplicity`: which server is the simpler one?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::Stateless;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{Simplicity, findings, shorter};

pub(crate) static SPEC: ExperimentSpec<Simplicity> = ExperimentSpec {
    name: Experiment::Simplicity,
    question: "Which server is the simpler one?",
    prediction: "The one that remembers nothing has less to do, so there is less of it.",
    claims: &[claim("stateless-server-is-simpler", Stateless, "The stateless server is the simpler one", shorter)],
    find: |evidence, _| findings(evidence.recording),
    section,
};
