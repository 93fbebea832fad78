//! Memory per login: what does a login cost while nobody asks?
//!
//! A fleet of its own, and more and more people who are logged in there and ask nothing. They log in as everybody does, but for
//! the password: `--demo-logins`. Between two steps the memory of all processes is read, and how large the database is.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::recording::{Mode, Reading};
use serde::Deserialize;
use shared::modes::entry::{Side, Store};
use tokio::time::sleep;

use crate::durations::humane;
use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};
use crate::fleet;
use ramp::Ramp;

mod ramp;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Memory {
    climbs: Vec<Climb>,
    /// Sessions that are left to expire.
    expiry: Option<Expiry>,
}

/// From level to level with a fleet that was started for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Climb {
    modes: Vec<Mode>,
    /// Logins. The first warms up whatever is taken once; the others are multiples of it.
    levels: Vec<u32>,
    times: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Expiry {
    logins: u32,
    #[serde(deserialize_with = "humane")]
    lifetime: Duration,
}

/// For the time left alone: a login of a release build is slow where it waits for a disk, and fast where for nobody.
fn per_second(mode: Mode) -> f64 {
    match (mode.entry().side, mode.entry().store) {
        (Side::Stateful, Store::Redis) => 40_000.0,
        (_, Store::Process) => 100_000.0,
        (_, Store::Nobody | Store::Redis | Store::Sql) => 5_000.0, // A row for each.
    }
}

const VISITORS_PER_SECOND: f64 = 100_000.0;
const START: Duration = Duration::from_millis(150);
/// Between the last login and a reading, and what is read meanwhile.
const READING: Duration = Duration::from_millis(25);
/// Between a reading and the same once more.
const IDLE: Duration = Duration::from_millis(100);
const EXPIRES: Mode = Mode::SessionRedis;

#[async_trait(?Send)]
impl Section for Memory {
    fn check(&self) -> anyhow::Result<()> {
        for Climb { modes, levels, times } in &self.climbs {
            let first = levels.first().copied().unwrap_or_default();
            ensure!(first > 0, "levels must be above 0");
            ensure!(
                levels.iter().all(|level| level % first == 0) && levels.is_sorted() && levels.len() >= 2,
                "levels must be two or more, each a multiple of the first and above the one before"
            );
            ensure!(
                !modes.is_empty() && !modes.contains(&Mode::Bare) && *times > 0,
                "modes must be some in which people can log in, and times above 0"
            );
        }
        Ok(())
    }

    fn needs(&self) -> Needs {
        let each = |climb: &Climb, mode: Mode| (START + climbing(mode, &climb.levels)) * climb.times;
        let climbs = self.climbs.iter().flat_map(|climb| climb.modes.iter().map(move |mode| each(climb, *mode)));
        let takes = climbs.sum::<Duration>() + self.expiry.as_ref().map_or(Duration::ZERO, expiring);
        Needs { takes, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        // Its sessions expire while others climb.
        let waiting = match &self.expiry {
            Some(expiry) => Some((expiry, log_in_for(expiry, bench).await?)),
            None => None,
        };
        let mut numbers = BTreeMap::<Mode, u32>::new();
        for climb in &self.climbs {
            for (mode, _) in climb.modes.iter().flat_map(|mode| (0..climb.times).map(move |time| (mode, time))) {
                let number = numbers.entry(*mode).or_insert(u32::from(*mode == EXPIRES && waiting.is_some()));
                bench.recorder.say(format!("memory: {}, climb {}", mode.name(), *number + 1));
                let (first, top) = (climb.levels[0], climb.levels[climb.levels.len() - 1]);
                let ramp = Ramp::begin((*mode, *number), (first, top), bench.settings.clone(), bench).await?;
                up(ramp, &climb.levels, bench).await?;
                *number += 1;
                bench.recorder.spent(START + climbing(*mode, &climb.levels));
            }
        }
        if let Some((expiry, mut ramp)) = waiting {
            bench.recorder.say("memory: until the sessions have expired");
            ramp.until_expired(bench).await?;
            ramp.read(Reading::Expired, bench).await?;
            bench.recorder.spent(expiring(expiry));
        }
        Ok(())
    }
}

/// From nobody to one level after the other; where there are several, the first is read once more.
async fn up(mut ramp: Ramp, levels: &[u32], bench: &mut Bench<'_>) -> Result<Ramp, Halt> {
    ramp.read(Reading::LoggedIn, bench).await?;
    for (number, level) in levels.iter().enumerate() {
        ramp.log_in(*level, bench).await?;
        ramp.read(Reading::LoggedIn, bench).await?;
        if number == 0 && levels.len() > 1 {
            sleep(IDLE).await;
            ramp.read(Reading::Again, bench).await?;
        }
    }
    Ok(ramp)
}

async fn log_in_for(expiry: &Expiry, bench: &mut Bench<'_>) -> Result<Ramp, Halt> {
    bench.recorder.say(format!("memory: sessions that expire, {}", EXPIRES.name()));
    let settings = fleet::Settings { lifetime: expiry.lifetime, ..bench.settings.clone() };
    let ramp = Ramp::begin((EXPIRES, 0), (expiry.logins, expiry.logins), settings, bench).await?;
    up(ramp, &[expiry.logins], bench).await
}

fn climbing(mode: Mode, levels: &[u32]) -> Duration {
    let top = levels.last().copied().map_or(0.0, f64::from);
    let seconds = top / per_second(mode) + top / VISITORS_PER_SECOND;
    IDLE + READING * (levels.len() as u32 + 2) + Duration::from_secs_f64(seconds)
}

fn expiring(expiry: &Expiry) -> Duration {
    START + climbing(EXPIRES, &[expiry.logins, expiry.logins])
}
