//! Names of experiments: which are there?

use serde::{Deserialize, Serialize};

/// Declares the experiments by their names, so that no list of them can lack one; behind a name stands what it was before.
macro_rules! experiments {
    ($($experiment:ident => $name:literal $(was $old:literal)?,)*) => {
        /// In the order of the report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Experiment {
            $(#[serde(rename = $name $(, alias = $old)?)] $experiment,)*
        }

        impl Experiment {
            pub const ALL: [Experiment; [$($name),*].len()] = [$(Experiment::$experiment),*];

            /// As it is called on the command line, in plans and in recordings.
            pub fn name(self) -> &'static str {
                self.names()[0]
            }

            /// Its name, and the one that older plans, commands and recordings know it by.
            pub fn names(self) -> &'static [&'static str] {
                const NAMES: &[&[&str]] = &[$(&[$name $(, $old)?]),*];
                NAMES[self as usize]
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
    RequestSize => "request-size" was "wire",
    Caching => "caching",
    Revocation => "revocation",
    StolenCredential => "stolen-credential",
    TwoTabs => "two-tabs",
    RotateKey => "rotate-key",
    Sizing => "sizing" was "cost",
    Simplicity => "simplicity",
}
