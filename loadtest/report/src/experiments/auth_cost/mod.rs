//! Experiment `auth-cost`: what does it cost to know who is calling?

pub mod chapter;
mod claims;
pub mod findings;

use crate::evidence::metric::Metric;
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{AuthCost, findings};

pub(crate) static SPEC: ExperimentSpec<AuthCost> = ExperimentSpec {
    name: Experiment::AuthCost,
    question: "What does it cost to know who is calling?",
    prediction: "A token is checked on the spot, and a session has to be looked up over the network: the token must be \
                 faster.",
    claims: &[
        claim("token-needs-no-lookup", Stateless, "A token needs no session lookup", claims::lookups),
        claim("token-costs-less-cpu", Stateless, "A request with a token costs less CPU", |auth| {
            claims::lower(auth, Metric::FleetCpu)
        }),
        claim("session-p99-is-later", Stateful, "The slowest percent of answers comes later with a session", |auth| {
            claims::lower(auth, Metric::P99)
        }),
    ],
    find: |evidence, _| findings(evidence),
    section,
};
