//! Key rotation: does anybody notice a new key?
//!
//! It is changed with care in one pair of fleets, and carelessly in another at the same time.

use anyhow::ensure;
use report::recording::{Fault, Mode, Way};
use serde::Deserialize;

use crate::experiments::fault_injection::{FaultExperiment, Round};
use crate::fleet::Settings;
use crate::probe::runs::FaultRuns;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RotateKey {
    /// `broken` is for all rounds together, and for everybody to renew what they were given.
    #[serde(alias = "drills")]
    runs: FaultRuns,
}

const REPLICAS: u32 = 2;
const FLEETS: [(Mode, Way); 2] = [(Mode::Jwt, Way::RoundRobin), (Mode::SessionRedis, Way::RoundRobin)];

impl FaultExperiment for RotateKey {
    fn runs(&self) -> &FaultRuns {
        &self.runs
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.runs.renew_one_in.is_some(), "renew-one-in must say how often people renew what they were given");
        Ok(())
    }

    /// Nobody logs out here: that is asked elsewhere.
    fn rounds(&self, settings: &Settings) -> Vec<Round> {
        let settings = Settings { replicas: REPLICAS, more: vec![DRAIN.into()], ..settings.clone() };
        let runs = self.runs.without_logged_out();
        let control = Round::of(Fault::None, FLEETS, &settings, runs.control());
        let changes = [Fault::Rotate, Fault::RotateAtOnce];
        let [mut changed, at_once] = changes.map(|change| Round::of(change, FLEETS, &settings, runs.clone()));
        changed.scenes.extend(at_once.scenes);
        changed.says = "the key is changed, with care and carelessly".into();
        vec![control, changed]
    }
}

/// These clients ask the next replica when one refuses, and wait for no balancer to turn away.
const DRAIN: &str = "--drain-delay=20ms";
