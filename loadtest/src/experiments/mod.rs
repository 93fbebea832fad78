//! Which claims are put to the test, and how?

mod arm;
mod auth_cost;
pub mod bench;
mod credential_cost;
mod exchange;
mod scale_out;
mod wire;

use std::time::Duration;

use loadtest::analyse::sides::{STATEFUL, STATELESS};
use loadtest::recording::{Experiment, Mode};

use crate::plan::Plan;
use bench::{Bench, Halt};

/// One line of `loadtest list`. What it asks, and what people usually predict, stands with the report's words.
pub struct About {
    pub experiment: Experiment,
    pub takes: fn(&Plan) -> Duration,
}

pub const ALL: [About; 4] = [
    About { experiment: Experiment::AuthCost, takes: auth_cost::takes },
    About { experiment: Experiment::CredentialCost, takes: credential_cost::takes },
    About { experiment: Experiment::ScaleOut, takes: scale_out::takes },
    About { experiment: Experiment::Wire, takes: wire::takes },
];

/// The fleets that a plan needs, besides the bare handler, and with how many replicas: as many as it asks for, and no
/// more.
pub fn fleets(plan: &Plan) -> Vec<(Mode, u32)> {
    let scaled = plan.scale_out.iter().flat_map(|section| &section.modes);
    let more = plan.credential_cost.as_ref().map_or(&[][..], |_| &credential_cost::MORE);
    let mut modes: Vec<Mode> = Vec::new();
    for &mode in [STATELESS, STATEFUL].iter().chain(scaled).chain(more) {
        if !modes.contains(&mode) {
            modes.push(mode);
        }
    }
    modes.into_iter().map(|mode| (mode, plan.replicas(mode))).collect()
}

/// All that is in the plan; what it has no section for takes no time.
pub fn takes(plan: &Plan) -> Duration {
    ALL.iter().map(|about| (about.takes)(plan)).sum()
}

/// Runs one and writes down what it sees.
pub async fn run(experiment: Experiment, plan: &Plan, bench: &mut Bench<'_>) -> Result<(), Halt> {
    match experiment {
        Experiment::AuthCost => match &plan.auth_cost {
            Some(section) => auth_cost::run(section, bench).await,
            None => Ok(()),
        },
        Experiment::CredentialCost => match &plan.credential_cost {
            Some(section) => credential_cost::run(section, bench).await,
            None => Ok(()),
        },
        Experiment::ScaleOut => match &plan.scale_out {
            Some(section) => scale_out::run(section, bench).await,
            None => Ok(()),
        },
        Experiment::Wire => match &plan.wire {
            Some(section) => wire::run(section, bench).await,
            None => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plan_ends_within_its_promised_time() {
        // Half of it is for starting, checking the contract and slow machines.
        for (name, seconds) in [("tiny", 6), ("smoke", 90), ("workshop", 300), ("full", 1800)] {
            let (plan, _) = Plan::find(name).expect("it is built in");
            let load = takes(&plan);
            assert!(load.as_secs_f64() < f64::from(seconds) * 0.85, "{name}: {load:?}");
        }
    }
}
