//! Sizing: what does that mean for my own numbers?
//!
//! The price of a request is what `auth-cost` and `credential-cost` measure, and that of keeping somebody logged in what
//! `memory` does. Here it is asked what is missing for the bill: what it takes to let somebody in, with a password hash
//! as slow as it is meant to be. The visitors of the other experiments have one that costs nothing.

use std::time::{Duration, Instant};

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{Event, Logins, Mode};
use serde::Deserialize;
use wire::client;
use wire::login::credentials;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section, Stretches, single};
use crate::fleet::Fleet;
use crate::fleet::meters::Meters;
use crate::interleaved::Interleaved;

/// Demo users whose password is hashed as anybody's would be.
const PEOPLE: [&str; 2] = ["john", "jane"];
const FLEETS: [Mode; 2] = [Mode::Jwt, Mode::SessionRedis];

/// One person after the other logs in at one fleet, then at the next.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sizing {
    stretches: Stretches,
}

#[async_trait(?Send)]
impl Section for Sizing {
    fn check(&self) -> anyhow::Result<()> {
        self.stretches.check()
    }

    fn needs(&self) -> Needs {
        let takes = self.turn() * FLEETS.len() as u32 * self.stretches.blocks;
        Needs { takes, fleets: single(FLEETS), ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        let fleets: Vec<&Fleet> = bench.twins().collect();
        let mut interleaved = Interleaved::new(fleets.len(), bench.seed);
        for block in 0..self.stretches.blocks {
            bench.recorder.say(format!("sizing: logins, block {} of {}", block + 1, self.stretches.blocks));
            for fleet in interleaved.block(block) {
                let seen = self.measure(fleets[fleet], bench, block).await?;
                bench.recorder.record(&Event::Logins(seen))?;
                bench.recorder.spent(self.turn());
            }
        }
        Ok(())
    }
}

impl Sizing {
    fn turn(&self) -> Duration {
        /// Beside the stretch itself, which also waits for the login that it ends in.
        const METERS: Duration = Duration::from_millis(20);
        self.stretches.warm_up + self.stretches.measured + METERS
    }

    async fn measure(&self, fleet: &Fleet, bench: &Bench<'_>, block: u32) -> Result<Logins, Halt> {
        let meters = Meters::on(fleet, 1);
        let_in(fleet, self.stretches.warm_up, bench).await?;
        let before = meters.start().await?;
        let (logins, took) = let_in(fleet, self.stretches.measured, bench).await?;
        let used = meters.stop(&before).await?;
        Ok(Logins { mode: fleet.mode, block, logins, took, processes: used.processes })
    }
}

/// How many came in within this time, or a little longer: the last one is waited for.
async fn let_in(fleet: &Fleet, lasts: Duration, bench: &Bench<'_>) -> Result<(u64, Duration), Halt> {
    let (began, mut logins) = (Instant::now(), 0);
    while began.elapsed() < lasts {
        bench.interrupted()?;
        log_in(fleet, PEOPLE[logins as usize % PEOPLE.len()]).await?;
        logins += 1;
    }
    Ok((logins, began.elapsed()))
}

async fn log_in(fleet: &Fleet, username: &str) -> anyhow::Result<()> {
    let answer = client::send_once(fleet.url(0), &credentials(username, "secret")).await?;
    ensure!(answer.status == 200, "{username} was refused at POST /login with {}", answer.status);
    Ok(())
}
