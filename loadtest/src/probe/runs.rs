//! Fault runs: what does a plan say of them?

use std::time::Duration;

use anyhow::ensure;
use serde::Deserialize;

use crate::durations::humane;

/// So many clients, and how long each part of a run lasts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FaultRuns {
    #[serde(alias = "people")]
    pub clients: u32,
    /// Requests a second, of all of them together, on an open schedule.
    pub rate: f64,
    /// All is well.
    #[serde(deserialize_with = "humane")]
    pub before: Duration,
    /// Something is broken.
    #[serde(deserialize_with = "humane")]
    pub broken: Duration,
    /// It has recovered.
    #[serde(deserialize_with = "humane")]
    pub after: Duration,
    /// How often each run is repeated.
    pub repeats: u32,
    /// Of one: the share of requests that open a connection of their own.
    #[serde(default = "usual")]
    pub new_connections: f64,
    /// One in so many errands renews what was given at the login, and who is refused tries that before it logs in again;
    /// absent: nobody does that.
    #[serde(default)]
    pub renew_one_in: Option<u32>,
    /// Clients beside those who ask: they log out before anything breaks. No plan says how many.
    #[serde(skip, default = "a_few")]
    pub logged_out: u32,
}

fn a_few() -> u32 {
    4
}

/// As many as come from phones that slept.
fn usual() -> f64 {
    0.2
}

/// To start the fleets and log everybody in; and afterwards, to settle and end them.
const AROUND: Duration = Duration::from_millis(600);

impl FaultRuns {
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.clients > 0 && self.rate > 0.0 && self.rate <= 1000.0 && self.repeats > 0,
            "clients and repeats must be above 0, and rate from above 0 to 1000: these clients are no load test"
        );
        ensure!(
            ![self.before, self.broken, self.after].contains(&Duration::ZERO),
            "before, broken and after must be above 0"
        );
        Ok(())
    }

    /// With nothing broken in between; as long as the peace before and after.
    pub fn control(&self) -> FaultRuns {
        FaultRuns { broken: Duration::ZERO, ..self.clone() }
    }

    /// Nobody logs out before it begins.
    pub fn without_logged_out(&self) -> FaultRuns {
        FaultRuns { logged_out: 0, ..self.clone() }
    }

    /// Once.
    pub fn takes(&self) -> Duration {
        self.before + self.broken + self.after + AROUND
    }
}
