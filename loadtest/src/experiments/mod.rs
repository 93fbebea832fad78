//! Which claims are put to the test, and how?

mod any_server;
mod auth_cost;
pub mod bench;
mod caching;
mod credential_cost;
mod crossover;
mod exchange;
mod fault_injection;
mod kill_one;
mod lose_redis;
mod measurement;
mod memory;
mod request_size;
mod revocation;
mod rolling_deploy;
mod rotate_key;
mod scale_out;
pub mod section;
mod simplicity;
mod sizing;
mod stolen_credential;
mod two_tabs;

use report::recording::Experiment;
use serde::de::DeserializeOwned;

use section::Section;

/// What a plan says of an experiment, understood.
///
/// # Errors
/// It says what that experiment does not ask.
pub fn section(experiment: Experiment, says: toml::Value) -> Result<Box<dyn Section>, toml::de::Error> {
    match experiment {
        Experiment::AuthCost => read::<auth_cost::AuthCost>(says),
        Experiment::CredentialCost => read::<credential_cost::CredentialCost>(says),
        Experiment::Crossover => read::<crossover::Crossover>(says),
        Experiment::ScaleOut => read::<scale_out::ScaleOut>(says),
        Experiment::AnyServer => read::<any_server::AnyServer>(says),
        Experiment::KillOne => read::<kill_one::KillOne>(says),
        Experiment::LoseRedis => read::<lose_redis::LoseRedis>(says),
        Experiment::RollingDeploy => read::<rolling_deploy::RollingDeploy>(says),
        Experiment::Memory => read::<memory::Memory>(says),
        Experiment::Wire => read::<request_size::Wire>(says),
        Experiment::Caching => read::<caching::Caching>(says),
        Experiment::Revocation => read::<revocation::Revocation>(says),
        Experiment::StolenCredential => read::<stolen_credential::StolenCredential>(says),
        Experiment::TwoTabs => read::<two_tabs::TwoTabs>(says),
        Experiment::RotateKey => read::<rotate_key::RotateKey>(says),
        Experiment::Cost => read::<sizing::Cost>(says),
        Experiment::Simplicity => read::<simplicity::Simplicity>(says),
    }
}

fn read<S: Section + DeserializeOwned + 'static>(says: toml::Value) -> Result<Box<dyn Section>, toml::de::Error> {
    Ok(Box::new(S::deserialize(says)?))
}
