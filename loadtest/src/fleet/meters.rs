//! Resource meters: what did each process use, and what was asked of the stores?
//!
//! Meters are read before and after a stretch of load, while nobody asks anything; what lies between is the stretch's.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use report::recording::{Limit, Mode, Process, Role};

use crate::fleet::Fleet;
use crate::fleet::caps::Caps;
use crate::fleet::scrape;
use crate::fleet::shares::Throttling;
use crate::proc;

use load::expected_work::Work;
use shared::modes::entry::Store;

/// The meters of those who take part.
pub struct Meters<'a> {
    processes: Vec<(Role, u32)>,
    /// Of servers that count what they ask.
    counting: Vec<&'a str>,
    /// Whose calls count as calls to the session store.
    store: Store,
    redis: Option<redis::aio::MultiplexedConnection>,
    /// What holds them back, where something does.
    pub caps: Option<&'a Caps>,
}

pub struct Reading {
    usage: Vec<Usage>,
    work: Work,
}

struct Usage {
    /// Thread → time on a CPU, to the nanosecond; the process's own sum counts in hundredths of a second.
    threads: HashMap<i32, Duration>,
    throttling: Throttling,
    rss_bytes: u64,
}

/// What lies between two readings.
pub struct Used {
    pub processes: Vec<Process>,
    pub work: Work,
}

impl Used {
    /// Of all processes together.
    pub fn cpu(&self) -> Duration {
        self.processes.iter().map(|process| process.cpu).sum()
    }
}

impl<'a> Meters<'a> {
    /// On the first so many replicas of a fleet, and on what is behind them.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn on(fleet: &'a Fleet, replicas: u32) -> anyhow::Result<Meters<'a>> {
        let redis = match fleet.redis_url() {
            Some(url) => Some(redis::Client::open(url)?.get_multiplexed_async_connection().await?),
            None => None,
        };
        let counting =
            if fleet.mode == Mode::Bare { Vec::new() } else { fleet.urls().take(replicas as usize).collect() };
        let store = fleet.mode.entry().store;
        Ok(Meters { processes: fleet.processes(replicas), counting, store, redis, caps: None })
    }

    /// # Errors
    /// A process is gone, or does not answer.
    pub async fn start(&mut self) -> anyhow::Result<Reading> {
        let work = self.work().await?; // First: to be asked for it costs CPU time, which belongs to nobody's request.
        Ok(Reading { work, usage: self.usage()? })
    }

    /// What was used since. Call it when all answers are here.
    ///
    /// # Errors
    /// A process is gone, or does not answer.
    pub async fn stop(&mut self, start: &Reading) -> anyhow::Result<Used> {
        let usage = self.usage()?;
        let work = self.work().await?;
        let pairs = start.usage.iter().zip(&usage).zip(&self.processes);
        let limit = |before: &Usage, after: &Usage, pid| match self.caps {
            Some(caps) => caps.held(pid, before.throttling, after.throttling),
            None => Limit::Nothing,
        };
        let used = |((before, after), (role, pid)): ((&Usage, &Usage), &(Role, u32))| {
            before.until(after, *role, limit(before, after, *pid))
        };
        Ok(Used {
            processes: pairs.map(used).collect(),
            work: Work {
                store_calls: work.store_calls - start.work.store_calls,
                store_writes: work.store_writes - start.work.store_writes,
                sql_statements: work.sql_statements - start.work.sql_statements,
            },
        })
    }

    async fn work(&mut self) -> anyhow::Result<Work> {
        let mut work = Work::default();
        for url in &self.counting {
            let statements = scrape::counter(url, "sql_calls_total").await?;
            let of_sessions = match self.store {
                Store::Sql => scrape::counter(url, "state_calls_total").await?,
                Store::Nobody | Store::Process | Store::Redis => 0,
            };
            work.store_calls += of_sessions;
            work.sql_statements += statements.saturating_sub(of_sessions);
        }
        if let Some(redis) = &mut self.redis {
            (work.store_calls, work.store_writes) = scrape::store_calls(redis).await?;
        }
        Ok(work)
    }

    fn usage(&self) -> anyhow::Result<Vec<Usage>> {
        self.processes.iter().map(|(_, pid)| self.usage_of(*pid)).collect()
    }

    fn usage_of(&self, pid: u32) -> anyhow::Result<Usage> {
        let threads = proc::threads(pid).context("a process of the fleet has ended")?;
        let threads =
            threads.into_iter().filter_map(|thread| Some((thread, proc::time_on_cpu(pid, thread)?))).collect();
        let rss_bytes = proc::resident_bytes(pid).context("a process of the fleet has ended")?;
        let throttling = self.caps.map_or(Throttling::default(), |caps| caps.throttling(pid));
        Ok(Usage { threads, throttling, rss_bytes })
    }
}

impl Usage {
    /// A thread that began in between counts from nothing; one that ended is lost, and takes little with it.
    fn until(&self, after: &Usage, role: Role, limit: Limit) -> Process {
        let spent = after
            .threads
            .iter()
            .map(|(thread, total)| total.saturating_sub(self.threads.get(thread).copied().unwrap_or_default()));
        Process {
            role,
            cpu: spent.sum(),
            rss_bytes: after.rss_bytes,
            throttled: after.throttling.throttled.saturating_sub(self.throttling.throttled),
            limit: Some(limit),
        }
    }
}
