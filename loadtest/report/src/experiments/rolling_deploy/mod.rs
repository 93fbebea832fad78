//! Experiment `rolling-deploy`: does anybody notice a new version?

pub mod chapter;
pub mod findings;

use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::recording::Experiment;
use chapter::section;
use findings::{RollingDeploy, findings, logged_out, unnoticed};

pub(crate) static SPEC: ExperimentSpec<RollingDeploy> = ExperimentSpec {
    name: Experiment::RollingDeploy,
    question: "Does anybody notice a new version?",
    prediction: "Stateless servers are replaced at will, and nobody notices; stateful ones log people out.",
    claims: &[
        claim(
            "stateless-deploy-goes-unnoticed",
            Stateless,
            "A stateless fleet is replaced without anybody noticing",
            unnoticed,
        ),
        claim(
            "stateful-deploy-logs-people-out",
            Stateful,
            "A stateful fleet logs people out when it is replaced",
            logged_out,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};
