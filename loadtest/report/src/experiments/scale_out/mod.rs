//! Experiment `scale-out`: what does one more replica bring?

pub mod chapter;
mod claims;
pub mod curves;
pub mod findings;
pub mod forecast;
pub mod step;
pub mod usl;

use crate::evidence::sides::STATELESS;
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{ScaleOut, findings};

pub(crate) static SPEC: ExperimentSpec<ScaleOut> = ExperimentSpec {
    name: Experiment::ScaleOut,
    question: "What does one more replica bring?",
    prediction: "Stateless replicas share nothing, so each brings as much as the first. Stateful ones share their session \
                 store, and that becomes the limit.",
    claims: &[
        claim("stateless-fleet-grows", Stateless, "A stateless fleet grows with its replicas", |scale| {
            claims::grows(scale, STATELESS)
        }),
        claim(
            "stateful-fleet-is-limited-by-its-store",
            Stateful,
            "A stateful fleet is limited by its session storage",
            claims::limited_by_store,
        ),
    ],
    find: |evidence, _| findings(evidence),
    section,
};
