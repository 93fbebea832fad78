//! Scraped counters: how much work did the servers cause behind them?
//!
//! Redis counts what it was asked, and each server counts the SQL that it runs.

use std::time::Duration;

use anyhow::ensure;
use rig::redis::Redis;
use shared::api::paths;
use tokio::time::{Instant, sleep};
use wire::client;
use wire::request::Request;

/// Calls to the store since it started, and how many of them wrote, of the same moment.
///
/// Counted are reads: each call of the session store begins with one, be it a command or a script, and what a script
/// does behind it is no further call over the network. What writes to a session in use is a script.
pub fn store_calls_and_writes(redis: &Redis) -> anyhow::Result<[u64; 2]> {
    let (reads, scripts) = (["get", "getex", "mget", "exists"], ["eval", "evalsha"]);
    redis.calls([&|command| reads.contains(&command), &|command| scripts.contains(&command)])
}

/// One of the counters at `/metrics`; absent means never counted.
pub async fn counter(url: &str, name: &str) -> anyhow::Result<u64> {
    let page = get(url, paths::METRICS).await?;
    let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse::<f64>().ok());
    Ok(value.unwrap_or(0.0) as u64)
}

/// Returns once it says that it can reach its stores.
///
/// # Errors
/// It does not within five seconds; with what it says instead.
pub async fn until_ready(url: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + GETS_READY;
    loop {
        match get(url, paths::READY).await {
            Ok(_) => return Ok(()),
            Err(why) if Instant::now() > deadline => return Err(why.context(format!("{url} does not get ready"))),
            Err(_) => sleep(LOOK_AGAIN).await,
        }
    }
}

/// A store that is busy, or has just been started, may miss the first question.
const GETS_READY: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// # Errors
/// No response in time, or not 200.
pub async fn get(url: &str, path: &str) -> anyhow::Result<String> {
    let response = client::send_once(url, &Request::get(path)).await?;
    ensure!(response.status == 200, "GET {url}{path} answered {}", response.status);
    Ok(response.text().into_owned())
}
