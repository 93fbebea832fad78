//! Names of experiments: which are there?

use serde::{Deserialize, Serialize};

/// Declares the experiments by their names, so that no list of them can lack one.
macro_rules! experiments {
    ($($experiment:ident => $name:literal,)*) => {
        /// In the order of the report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Experiment {
            $(#[serde(rename = $name)] $experiment,)*
        }

        impl Experiment {
            pub const ALL: [Experiment; [$($name),*].len()] = [$(Experiment::$experiment),*];

            /// As it is called on the command line, in plans and in recordings.
            pub fn name(self) -> &'static str {
                [$($name),*][self as usize]
            }
        }
    };
}

experiments! {
    AuthCost => "auth-cost",
    CredentialCost => "credential-cost",
    Crossover => "crossover",
    ScaleOut => "scale-out",
    AnyServer => "any-server",
    KillOne => "kill-one",
    LoseRedis => "lose-redis",
    RollingDeploy => "rolling-deploy",
    Memory => "memory",
    Wire => "wire",
    Caching => "caching",
    Revocation => "revocation",
    StolenCredential => "stolen-credential",
    TwoTabs => "two-tabs",
    RotateKey => "rotate-key",
    Cost => "cost",
    Simplicity => "simplicity",
}
