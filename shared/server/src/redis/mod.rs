//! How is Redis asked without anybody waiting for it?
//!
//! By one server, by sentinels that know the master, or by a cluster: [`address`] reads which. However many servers there
//! are, each is asked over a [`line`] of its own, and whoever needs one that does not answer is refused.

mod address;
mod cluster;
mod connection;
mod fault;
mod invalidation;
mod node;
mod sentinel;
mod slots;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use redis::{Cmd, FromRedisValue};
use tokio::time::Instant;

use crate::settings::Invalid;
use crate::telemetry;
use crate::telemetry::Part;
use address::Address;
use cluster::Cluster;
use connection::{End, Line, Question};
pub use invalidation::Listener;

/// The longest that a caller waits, connecting and one repetition included.
const LIMIT: Duration = Duration::from_millis(250);

/// Between two knocks at a Redis that does not answer.
const PAUSE: Duration = Duration::from_millis(100);

/// Each clone keeps connections of its own, served by the thread that uses them first: clone it once a worker, never once
/// a request.
pub struct Link(Way);

enum Way {
    Line(Line),
    Cluster(Cluster),
}

/// Redis does not answer: why, in words for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("Redis: {0}")]
pub struct Silent(pub String);

impl Clone for Link {
    /// The clone has connections of its own.
    fn clone(&self) -> Link {
        Link(match &self.0 {
            Way::Line(line) => Way::Line(line.another()),
            Way::Cluster(cluster) => Way::Cluster(cluster.another()),
        })
    }
}

impl Link {
    /// Never waits for Redis: whether it answers stands in the log. Call it inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--redis-url`, and the forms that it can have, when this is none of them.
    pub fn open(url: &str) -> anyhow::Result<Link> {
        let way = match address::read(url)? {
            Address::Server(node) => Way::Line(Line::to(End::Server(node))),
            Address::Master(sentinels) => Way::Line(Line::to(End::Master(sentinels))),
            Address::Cluster(seeds) => Way::Cluster(Cluster::of(Arc::new(seeds))),
        };
        match &way {
            Way::Line(line) => line.knock(),
            Way::Cluster(cluster) => cluster.look(),
        }
        Ok(Link(way))
    }

    /// A link to the same Redis that tells the listener of every key that was read over it and has changed since. Its clones
    /// tell the same listener. Call it inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--near-cache`: in a cluster each server tells only of its own keys, over its own connection.
    pub fn tracking(&self, listener: Arc<dyn Listener>) -> anyhow::Result<Link> {
        match &self.0 {
            Way::Line(line) => Ok(Link(Way::Line(line.telling(listener)))),
            Way::Cluster(_) => bail!(Invalid("--near-cache cannot be had with redis+cluster:// in --redis-url".into())),
        }
    }

    /// Sends one command and returns its answer. In a cluster all its keys must carry one hash tag.
    ///
    /// # Errors
    /// [`Silent`], at once while Redis is known to be away, and after 250 ms at most. Whether a write was done is
    /// then unknown. A connection found broken is replaced and the command repeated: commands must bear repetition.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Silent> {
        let deadline = Instant::now() + LIMIT;
        let answer = async {
            match &self.0 {
                Way::Line(line) => line.ask(deadline, Question::Plain(command)).await,
                Way::Cluster(cluster) => cluster.ask(deadline, command).await,
            }
        };
        let answer = telemetry::timed(Part::State, answer).await.map_err(|fault| Silent(fault.words()))?;
        T::from_redis_value(answer).map_err(|error| Silent(error.to_string()))
    }

    /// Can questions about keys be answered at this moment?
    ///
    /// # Errors
    /// As [`Link::ask`].
    pub async fn ready(&self) -> Result<(), Silent> {
        match &self.0 {
            Way::Line(_) => self.ask(&redis::cmd("PING")).await,
            // A server of a cluster that is down for keys answers PING all the same.
            Way::Cluster(_) => self.ask::<Option<Vec<u8>>>(redis::cmd("GET").arg("ready")).await.map(drop),
        }
    }
}
