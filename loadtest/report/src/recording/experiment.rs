//! Names of experiments: which are there?

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
    /// As it is called on the command line, in plans and in recordings.
    pub fn name(self) -> &'static str {
        match self {
            Experiment::AuthCost => "auth-cost",
            Experiment::CredentialCost => "credential-cost",
            Experiment::Crossover => "crossover",
            Experiment::ScaleOut => "scale-out",
            Experiment::AnyServer => "any-server",
            Experiment::KillOne => "kill-one",
            Experiment::LoseRedis => "lose-redis",
            Experiment::RollingDeploy => "rolling-deploy",
            Experiment::Memory => "memory",
            Experiment::Wire => "wire",
            Experiment::Caching => "caching",
            Experiment::Revocation => "revocation",
            Experiment::StolenCredential => "stolen-credential",
            Experiment::TwoTabs => "two-tabs",
            Experiment::RotateKey => "rotate-key",
            Experiment::Cost => "cost",
            Experiment::Simplicity => "simplicity",
        }
    }

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
