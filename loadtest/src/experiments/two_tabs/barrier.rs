//! Barrier: has every request that is under way read what it will write over?
//!
//! A server says `100 Continue` when it has a head, and asks Redis for the session only then. So whoever wants all of them to
//! have read waits until Redis has counted as many reads.

use std::time::Duration;

use anyhow::{Result, bail};
use rig::redis::Redis;
use tokio::time::Instant;
use wire::half_open::HalfOpen;
use wire::request::Request;

use crate::experiments::two_tabs::tab::Tab;
use crate::fleet::scrape;

/// For reads that were asked for to arrive; a server itself waits no longer for Redis.
const DEADLINE: Duration = Duration::from_secs(2);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);

/// Before it, everybody waits for their last byte. With the Redis that is asked, where something is read that takes its time.
pub(super) struct Barrier<'a>(pub(super) Option<&'a Redis>);

impl Barrier<'_> {
    /// Sends all of each but its last byte, and returns when all of them have read.
    ///
    /// # Errors
    /// A server does not take one of them, or does not read.
    pub(super) async fn reached(&self, asked: &[(&Tab, Request)]) -> Result<Vec<HalfOpen>> {
        let before = self.reads()?;
        let mut halves = Vec::with_capacity(asked.len());
        for (tab, request) in asked {
            halves.push(tab.begin(request).await?);
        }
        let begun = Instant::now();
        while self.0.is_some() && self.reads()? < before + asked.len() as u64 {
            if begun.elapsed() > DEADLINE {
                bail!("of {} requests at once not all have read their session", asked.len());
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(halves)
    }

    fn reads(&self) -> Result<u64> {
        self.0.map_or(Ok(0), |redis| scrape::store_calls_and_writes(redis).map(|[calls, _]| calls))
    }
}
