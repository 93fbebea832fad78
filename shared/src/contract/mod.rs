//! Does this server keep its promises?
//!
//! A black box: it needs nothing but URLs and the [`Promises`]. Whoever measures a fleet runs it first, because a fleet
//! that breaks its contract is not worth measuring.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::time::timeout;

mod answer;
mod cases;
mod client;
mod expect;
mod outages;
mod promised;
pub mod promises;
mod question;
pub mod report;
mod rules;
pub mod same;
mod steps;
mod visitor;

use crate::rig::redis::Redis;
use client::Client;
use promises::Promises;
use report::Report;

/// For one case: hundreds of times what it takes on an idle machine.
const CASE: Duration = Duration::from_secs(30);

/// What is checked: one application, however many replicas it has.
pub struct Target<'a> {
    /// `http://ADDRESS:PORT` of each replica. They share a database with the demo data and ten visitors or more.
    pub replicas: Vec<String>,
    pub promises: Promises,
    pub redis: RedisAccess<'a>,
}

/// What may be done to the Redis of the fleet, which a fleet without one has beside it.
pub enum RedisAccess<'a> {
    /// Nothing: promises about it are reported as not asked.
    None,
    /// Somebody counts the commands that it answered.
    Count(&'a (dyn Fn() -> Result<u64> + Sync)),
    /// It is ours: to count, kill, freeze and empty.
    Break(&'a mut Redis),
}

/// Asks everything that the contract says, one case after the other.
pub async fn check(target: Target<'_>) -> Report {
    let client = Client::new(target.replicas, target.promises);
    let mut report = Report::default();
    for (name, case) in cases::ALL {
        report.add(name, in_time(case(&client)).await);
    }
    promised::check(&client, target.redis, &mut report).await;
    report
}

/// Asks only for the declared differences.
pub async fn check_promises(target: Target<'_>) -> Report {
    let client = Client::new(target.replicas, target.promises);
    let mut report = Report::default();
    promised::check(&client, target.redis, &mut report).await;
    report
}

/// Kills the first replica of a fleet by the given means, and asks the others for whoever was logged in there.
///
/// # Errors
/// What was lost.
pub async fn check_killed_replica(target: Target<'_>, kill: impl FnOnce()) -> Result<()> {
    in_time(outages::survived(&Client::new(target.replicas, target.promises), kill)).await
}

async fn in_time(case: impl Future<Output = Result<()>>) -> Result<()> {
    timeout(CASE, case).await.unwrap_or_else(|_| Err(anyhow!("no end after {CASE:?}")))
}
