//! Lost Redis: what is lost with it?
//!
//! Every fleet has a Redis of its own, also the one that does not use it: that nobody misses it has to be seen. It is
//! killed and comes back empty, or with what it wrote down; it is stopped and goes on; or it answers late.

use std::time::Duration;

use anyhow::ensure;
use report::format;
use report::recording::{Fault, Mode, Way};
use serde::Deserialize;
use serde_json::json;

use crate::experiments::fault_injection::{FaultExperiment, Round};
use crate::fleet::Settings;
use crate::probe::runs::FaultRuns;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LoseRedis {
    #[serde(alias = "drills")]
    runs: FaultRuns,
    faults: Vec<Fault>,
    #[serde(default = "usual")]
    modes: Vec<Mode>,
}

fn usual() -> Vec<Mode> {
    vec![Mode::Jwt, Mode::JwtDenylist, Mode::SessionRedis]
}

const REPLICAS: u32 = 2;
/// As Redis is delivered: after an hour and one change, five minutes and 100, or a minute and 10,000.
const SNAPSHOTS: [&str; 2] = ["--save", "3600 1 300 100 60 10000"];
const EVERY_COMMAND: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

const KNOWN: &[Fault] = &[Fault::Freeze, Fault::Slow, Fault::RestartEmpty, Fault::RestartSnapshot, Fault::RestartAof];

impl FaultExperiment for LoseRedis {
    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        let known: Vec<_> = KNOWN.iter().map(|fault| json!(fault).as_str().unwrap_or_default().to_owned()).collect();
        let are_known = !self.faults.is_empty() && self.faults.iter().all(|fault| KNOWN.contains(fault));
        ensure!(are_known, "faults must be some of {}", format::list(&known));
        ensure!(
            !self.modes.is_empty() && !self.modes.contains(&Mode::Bare),
            "modes must name at least one kind of fleet, and not the bare handler"
        );
        Ok(())
    }

    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let fleets = || self.modes.iter().map(|mode| (*mode, Way::RoundRobin));
        let round = |fault: &Fault| Round::of(*fault, fleets(), &with_redis(*fault, settings), self.runs.clone());
        [Fault::None].iter().chain(&self.faults).map(round).collect()
    }
}

/// As it is to be lost.
fn with_redis(fault: Fault, settings: &Settings) -> Settings {
    let redis: &[&str] = match fault {
        Fault::RestartSnapshot => &SNAPSHOTS,
        Fault::RestartAof => &EVERY_COMMAND,
        _ => &[],
    };
    Settings {
        replicas: REPLICAS,
        redis: redis.iter().map(|argument| (*argument).to_owned()).collect(),
        redis_anyway: true,
        round_trip: (fault == Fault::Slow).then_some(Duration::ZERO),
        ..settings.clone()
    }
}
