//! Resource meters: what did each process use, and what was asked of the stores?
//!
//! Meters are read before and after a stretch of load, while nobody asks anything; what lies between is the stretch's.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use report::recording::{Limit, Mode, Process, Role};

use crate::fleet::caps::Caps;
use crate::fleet::shares::Throttling;
use crate::fleet::{Fleet, scrape};
use crate::proc;

use load::expected_work::Work;
use shared::modes::entry::Store;

/// The meters on the first so many replicas of a fleet, and on what is behind them.
pub struct Meters<'a> {
    fleet: &'a Fleet,
    replicas: u32,
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
    pub fn on(fleet: &'a Fleet, replicas: u32) -> Meters<'a> {
        Meters { fleet, replicas, caps: None }
    }

    /// # Errors
    /// A process is gone, or does not answer.
    pub async fn start(&self) -> anyhow::Result<Reading> {
        let work = self.work().await?; // First: to be asked for it costs CPU time, which belongs to nobody's request.
        Ok(Reading { work, usage: self.usage()? })
    }

    /// What was used since. Call it when all answers are here.
    ///
    /// # Errors
    /// A process is gone, or does not answer.
    pub async fn stop(&self, start: &Reading) -> anyhow::Result<Used> {
        let usage = self.usage()?;
        let work = self.work().await?;
        let processes = self.fleet.processes(self.replicas);
        let used = processes.into_iter().zip(start.usage.iter().zip(&usage)).map(|((role, pid), (before, after))| {
            let held = |caps: &Caps| caps.held(pid, before.throttling, after.throttling);
            before.until(after, role, self.caps.map_or(Limit::Nothing, held))
        });
        Ok(Used {
            processes: used.collect(),
            work: Work {
                store_calls: work.store_calls - start.work.store_calls,
                store_writes: work.store_writes - start.work.store_writes,
                sql_statements: work.sql_statements - start.work.sql_statements,
            },
        })
    }

    async fn work(&self) -> anyhow::Result<Work> {
        let (mut work, Fleet { mode, redis, .. }) = (Work::default(), self.fleet);
        let counting = if *mode == Mode::Bare { 0 } else { self.replicas }; // Of servers that count what they ask.
        for url in self.fleet.urls().take(counting as usize) {
            let statements = scrape::counter(url, "sql_calls_total").await?;
            // Whose calls count as calls to the session store.
            let of_sessions = match mode.entry().store {
                Store::Sql => scrape::counter(url, "state_calls_total").await?,
                Store::Nobody | Store::Process | Store::Redis => 0,
            };
            work.store_calls += of_sessions;
            work.sql_statements += statements.saturating_sub(of_sessions);
        }
        if let Some(redis) = redis {
            [work.store_calls, work.store_writes] = scrape::store_calls_and_writes(redis)?;
        }
        Ok(work)
    }

    fn usage(&self) -> anyhow::Result<Vec<Usage>> {
        self.fleet.processes(self.replicas).into_iter().map(|(_, pid)| self.usage_of(pid)).collect()
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
