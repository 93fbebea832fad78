//! Which experiments are there?

use serde::{Deserialize, Serialize};

/// In the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    AuthCost,
    CredentialCost,
    Crossover,
    ScaleOut,
    AnyServer,
    KillOne,
    LoseRedis,
    RollingDeploy,
    Memory,
    Wire,
    Caching,
    Revocation,
    StolenCredential,
    TwoTabs,
    RotateKey,
    Cost,
    Simplicity,
}

impl Experiment {
    pub const ALL: [Experiment; 17] = [
        Experiment::AuthCost,
        Experiment::CredentialCost,
        Experiment::Crossover,
        Experiment::ScaleOut,
        Experiment::AnyServer,
        Experiment::KillOne,
        Experiment::LoseRedis,
        Experiment::RollingDeploy,
        Experiment::Memory,
        Experiment::Wire,
        Experiment::Caching,
        Experiment::Revocation,
        Experiment::StolenCredential,
        Experiment::TwoTabs,
        Experiment::RotateKey,
        Experiment::Cost,
        Experiment::Simplicity,
    ];
}
