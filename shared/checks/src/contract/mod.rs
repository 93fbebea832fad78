//! Contract suite: does a server keep its promises?
//!
//! A black box: it needs nothing but URLs and the [`Promises`]. Whoever measures a fleet runs it first, because a fleet
//! that breaks its contract is not worth measuring.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::time::timeout;

mod cases;
mod client;
mod crossings;
mod expect;
mod fates;
mod leaks;
mod notes;
mod outages;
mod promised;
pub mod report;
mod request;
mod response;
pub mod rotation;
mod rules;
pub mod sabotage;
pub mod same;
pub mod variant;
mod visitor;

use client::Client;
use report::Report;
use rig::fleet::Fleet;
use rig::log::Log;
use rig::redis::Redis;
use rig::replica::Replica;
use shared::modes::entry::Store;
use shared::modes::promises::Promises;

/// The first visitors of the demo data, whom somebody else should not be during a check.
pub const VISITORS: u32 = 10;
/// The last of them, whom nobody should be afterwards: accounts are locked and passwords changed.
pub const SPOILED: u32 = 100;

/// For one case: hundreds of times what it takes on an idle machine.
const CASE: Duration = Duration::from_secs(30);
/// For the last lines of a log to arrive.
const ARRIVED: Duration = Duration::from_secs(5);

/// What is checked: one application, however many replicas it has.
pub struct Target<'a> {
    /// `http://ADDRESS:PORT` of each replica. They share a database with the demo data, [`VISITORS`] and [`SPOILED`].
    pub replicas: Vec<String>,
    pub promises: Promises,
    /// Whose calls are the store calls that were promised.
    pub store: Store,
    pub redis: RedisAccess<'a>,
    /// One more replica of the same fleet, to be killed.
    pub spare: Option<Replica>,
    pub log: LogAccess<'a>,
}

/// What may be done to the Redis of the fleet, which a fleet without one has beside it.
pub enum RedisAccess<'a> {
    /// Somebody counts the commands that it answered; what happens without it is reported as not asked.
    Count(&'a (dyn Fn() -> Result<u64> + Sync)),
    /// It is ours: to count, kill, freeze and empty.
    Break(&'a mut Redis),
}

/// What may be read of all that the replicas wrote.
pub enum LogAccess<'a> {
    None,
    /// Every line, at levels at which each request has one; it must hold no word of what clients confided, nor of the keys.
    All {
        log: &'a Log,
        keys: &'a [String],
    },
}

impl<'a> Target<'a> {
    /// A fleet that is ours, to do with it what we like.
    pub fn of(fleet: &'a mut Fleet, promises: Promises) -> Target<'a> {
        let replicas = fleet.replicas.iter().map(|replica| replica.url().to_owned()).collect();
        let store = fleet.mode.entry().store;
        let redis = RedisAccess::Break(&mut fleet.redis);
        Target { replicas, promises, store, redis, spare: None, log: LogAccess::None }
    }
}

/// Asks everything that the contract says, one case after the other.
pub async fn check(target: Target<'_>) -> Report {
    checked(target, cases::ALL).await
}

/// Asks only for the declared differences.
pub async fn check_promises(target: Target<'_>) -> Report {
    checked(target, &[]).await
}

async fn checked(target: Target<'_>, cases: &[(&'static str, cases::Case)]) -> Report {
    let client = Client::new(target.replicas, target.promises);
    let mut report = Report::default();
    for (name, case) in cases {
        report.add(name, in_time(case(&client)).await);
    }
    promised::check(&client, target.store, target.redis, target.spare, &mut report).await;
    match target.log {
        LogAccess::None => report.not_asked.push("nothing_secret_is_in_any_log_line"),
        LogAccess::All { log, keys } => {
            let trail = client.notes.trail().clone();
            let silent = leaks::check(&trail, log, keys, ARRIVED).await;
            report.add("nothing_secret_is_in_any_log_line", silent);
        }
    }
    report
}

async fn in_time(case: impl Future<Output = Result<()>>) -> Result<()> {
    timeout(CASE, case).await.unwrap_or_else(|_| Err(anyhow!("no end after {CASE:?}")))
}
