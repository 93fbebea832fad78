//! Memory ramp: how do more and more people log in to one fleet, and what does it hold then?

use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use report::labels;
use report::recording::{Event, MemorySample, Mode, Reading, RedisMemory, Role};
use tokio::time::sleep;

use crate::experiments::memory::{Bench, Halt};
use crate::fleet::{Fleet, Settings, database, scrape};
use crate::proc;

/// What was under way is over, and what is given back a moment later is given back.
const SETTLED: Duration = Duration::from_millis(20);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);
/// The servers' allocator gives back what is free after so many milliseconds, or when somebody comes by later: else what a
/// password hash took at the start would go at any moment, and look like a login that takes less than nothing.
const PURGE_DELAY: &str = "MIMALLOC_PURGE_DELAY";
/// For one step, however slow the machine is.
const PATIENCE: Duration = Duration::from_secs(300);

/// A fleet of one replica, in which so many have logged in.
pub(super) struct Ramp {
    fleet: Fleet,
    number: u32,
    logins: u64,
    /// At each signal.
    batch: u64,
    /// For the logins since the reading before.
    took: Duration,
}

impl Ramp {
    /// Visitors up to `top` can log in, `batch` of them at a time.
    pub(super) async fn begin(
        (mode, number): (Mode, u32),
        (batch, top): (u32, u32),
        settings: Settings,
        bench: &Bench<'_>,
    ) -> Result<Ramp, Halt> {
        let more = settings.more.iter().cloned().chain([format!("--demo-logins={batch}")]).collect();
        let environment = vec![(PURGE_DELAY.into(), "0".into())];
        let settings = Settings { replicas: 1, demo_visitors: top, more, environment, ..settings };
        let fleet = bench.unless_stopped(Fleet::start(mode, &settings)).await?;
        Ok(Ramp { fleet, number, logins: 0, batch: batch.into(), took: Duration::ZERO })
    }

    /// Until so many have logged in.
    pub(super) async fn log_in(&mut self, level: u32, bench: &Bench<'_>) -> Result<(), Halt> {
        let began = Instant::now();
        while self.logins < u64::from(level) {
            self.fleet.replicas[0].log_in_more()?; // So many as its `--demo-logins` says.
            self.logins += self.batch;
            while scrape::counter(self.fleet.url(0), "demo_logins_total").await? < self.logins {
                patient(began, "the visitors are not logged in", bench).await?;
            }
        }
        self.took = began.elapsed();
        Ok(())
    }

    /// Redis throws out now and then what has expired.
    pub(super) async fn until_expired(&self, bench: &Bench<'_>) -> Result<(), Halt> {
        let began = Instant::now();
        while self.redis()?.is_some_and(|redis| redis.keys > 0) {
            patient(began, "Redis still holds sessions that should have expired", bench).await?;
        }
        Ok(())
    }

    /// Writes down what is held now.
    pub(super) async fn read(&mut self, moment: Reading, bench: &mut Bench<'_>) -> Result<(), Halt> {
        sleep(SETTLED).await;
        let held = MemorySample {
            mode: self.fleet.mode,
            climb: self.number,
            moment,
            logins: self.logins,
            took: std::mem::take(&mut self.took),
            replica_bytes: self.resident(Role::Replica(1))?,
            redis: self.redis()?,
            database_bytes: database::bytes(&self.fleet.database())?,
        };
        bench.recorder.record(&Event::MemorySample(held))?;
        bench.interrupted()
    }

    fn redis(&self) -> anyhow::Result<Option<RedisMemory>> {
        let Some(redis) = &self.fleet.redis else { return Ok(None) };
        let info = redis.ask("INFO memory")?;
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")?.trim().parse().ok());
        let used_bytes = used.context("Redis does not say its used_memory")?;
        let keys = redis.ask("DBSIZE")?.parse()?;
        Ok(Some(RedisMemory { used_bytes, resident_bytes: self.resident(Role::Redis)?, keys }))
    }

    fn resident(&self, role: Role) -> anyhow::Result<u64> {
        let processes = self.fleet.processes(1);
        let (_, pid) = processes.iter().find(|(of, _)| *of == role).context("a fleet has its processes")?;
        proc::resident_bytes(*pid).with_context(|| format!("{} has ended", labels::role(role)))
    }
}

async fn patient(began: Instant, what: &str, bench: &Bench<'_>) -> Result<(), Halt> {
    bench.interrupted()?;
    if began.elapsed() > PATIENCE {
        return Err(Halt::Failed(anyhow!("after {PATIENCE:?} {what}")));
    }
    sleep(LOOK).await;
    Ok(())
}
