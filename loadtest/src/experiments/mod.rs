//! Experiments: which are there, and how is each read from a plan?

mod any_server;
mod arm;
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

type Read = fn(toml::Value) -> anyhow::Result<Box<dyn Section>>;

/// In the order of the report.
const EXPERIMENTS: [(Experiment, Read); Experiment::ALL.len()] = [
    (Experiment::AuthCost, read::<auth_cost::AuthCost>),
    (Experiment::CredentialCost, read::<credential_cost::CredentialCost>),
    (Experiment::Crossover, read::<crossover::Crossover>),
    (Experiment::ScaleOut, read::<scale_out::ScaleOut>),
    (Experiment::AnyServer, read::<any_server::AnyServer>),
    (Experiment::KillOne, read::<kill_one::KillOne>),
    (Experiment::LoseRedis, read::<lose_redis::LoseRedis>),
    (Experiment::RollingDeploy, read::<rolling_deploy::RollingDeploy>),
    (Experiment::Memory, read::<memory::Memory>),
    (Experiment::RequestSize, read::<request_size::RequestSize>),
    (Experiment::Caching, read::<caching::Caching>),
    (Experiment::Revocation, read::<revocation::Revocation>),
    (Experiment::StolenCredential, read::<stolen_credential::StolenCredential>),
    (Experiment::TwoTabs, read::<two_tabs::TwoTabs>),
    (Experiment::RotateKey, read::<rotate_key::RotateKey>),
    (Experiment::Sizing, read::<sizing::Sizing>),
    (Experiment::Simplicity, read::<simplicity::Simplicity>),
];

/// What a plan says of an experiment, understood.
///
/// # Errors
/// It says what that experiment does not ask, or asks for what cannot be.
pub fn section(experiment: Experiment, says: toml::Value) -> anyhow::Result<Box<dyn Section>> {
    EXPERIMENTS[experiment as usize].1(says)
}

fn read<S: Section + DeserializeOwned + 'static>(says: toml::Value) -> anyhow::Result<Box<dyn Section>> {
    let section = S::deserialize(says)?;
    section.check()?;
    Ok(Box::new(section))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_experiments_are_those_of_the_report_in_its_order() {
        assert_eq!(EXPERIMENTS.map(|(experiment, _)| experiment), Experiment::ALL);
    }
}
