//! Experiment `cost`: what does that mean for my own numbers?

pub mod chapter;
pub mod findings;

use crate::experiments::spec::ExperimentSpec;
use crate::recording::Experiment;
use chapter::section;
use findings::{Cost, findings};

pub(crate) static SPEC: ExperimentSpec<Cost> = ExperimentSpec {
    name: Experiment::Cost,
    question: "What does that mean for my own numbers?",
    prediction: "Without a session store there is one machine less to pay for.",
    claims: &[],
    find: findings,
    section,
};
