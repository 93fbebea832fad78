//! Load balancing: can any replica answer any request?
//!
//! The same people ask three replicas in each way that a client or a balancer may choose, and then a fourth one joins.

use anyhow::ensure;
use report::labels;
use report::recording::{Fault, Mode, Way};
use serde::Deserialize;

use crate::experiments::fault_injection::{FaultExperiment, Round};
use crate::fleet::Settings;
use crate::fleet::balancer::Balancer;
use crate::probe::runs::FaultRuns;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnyServer {
    /// `broken` is for the newcomer to start.
    #[serde(alias = "drills")]
    runs: FaultRuns,
    /// How the client itself chooses.
    ways: Vec<Way>,
    balancers: Vec<Balancer>,
}

const REPLICAS: u32 = 3;
const MODES: [Mode; 3] = [Mode::Jwt, Mode::SessionRedis, Mode::SessionMemory];

impl FaultExperiment for AnyServer {
    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(!self.balancers.is_empty(), "balancers must name one, such as client");
        ensure!(!self.ways.is_empty(), "ways must name one, such as round-robin");
        Ok(())
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, ..settings.clone() };
        // Who cannot be sure to be known cannot be sure to log out either.
        let runs = self.runs.without_logged_out();
        let round = |way| {
            let fleets = MODES.map(|mode| (mode, way));
            let round = Round::of(Fault::AddReplica, fleets, &settings, runs.clone());
            Round { says: labels::way(way).into(), ..round }
        };
        self.ways().into_iter().map(round).collect()
    }
}

impl AnyServer {
    /// A balancer goes round, or by its cookie.
    fn ways(&self) -> Vec<Way> {
        let of = |balancer: &Balancer| match balancer {
            Balancer::Client => self.ways.clone(),
            Balancer::Haproxy => vec![Way::Balancer, Way::BalancerCookie],
        };
        self.balancers.iter().flat_map(of).collect()
    }
}
