//! Experiments: which are there, and what do they ask?

pub mod any_server;
pub mod auth_cost;
pub mod caching;
pub mod credential_cost;
pub mod crossover;
pub mod faults;
pub mod kill_one;
pub mod lose_redis;
pub mod memory;
pub mod request_size;
pub mod revocation;
pub mod rolling_deploy;
pub mod rotate_key;
pub mod scale_out;
pub mod simplicity;
pub mod sizing;
pub(crate) mod spec;
pub mod stolen_credential;
pub mod two_tabs;

use crate::recording::Experiment;
use spec::AnyExperiment;

/// In the order of the report.
pub(crate) static ALL: [&dyn AnyExperiment; Experiment::ALL.len()] = [
    &auth_cost::SPEC,
    &credential_cost::SPEC,
    &crossover::SPEC,
    &scale_out::SPEC,
    &any_server::SPEC,
    &kill_one::SPEC,
    &lose_redis::SPEC,
    &rolling_deploy::SPEC,
    &memory::SPEC,
    &request_size::SPEC,
    &caching::SPEC,
    &revocation::SPEC,
    &stolen_credential::SPEC,
    &two_tabs::SPEC,
    &rotate_key::SPEC,
    &sizing::SPEC,
    &simplicity::SPEC,
];

pub fn question(of: Experiment) -> &'static str {
    let spec = ALL.iter().find(|spec| spec.name() == of).expect("each experiment has its specification: a test asks");
    spec.question()
}

/// Without repetitions, in the order in which they came first.
pub(crate) fn each_once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}

/// Those that are alike together, in the order in which the first of each kind came.
pub(crate) fn by_kind<T: Copy, K: PartialEq>(all: &[T], kind: impl Fn(T) -> K) -> Vec<Vec<T>> {
    let kinds = each_once(all.iter().map(|one| kind(*one)));
    kinds.iter().map(|wanted| all.iter().copied().filter(|one| kind(*one) == *wanted).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_knows_each_experiment_in_the_order_of_their_names() {
        assert_eq!(ALL.map(|experiment| experiment.name()), Experiment::ALL);
    }
}
