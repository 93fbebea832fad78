//! Redis client: how is Redis asked without anybody waiting for it?
//!
//! It is one server, one that sentinels name, or a cluster: [`address`] reads which. However many servers there
//! are, each is asked over a [`connection`] of its own, and whoever needs one that does not answer is refused.

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

use crate::context::{Part, timed};
use crate::settings::Invalid;
use address::Address;
use cluster::Cluster;
use connection::{Connection, Endpoint, Request};
pub use invalidation::Listener;

/// The longest that a caller waits, connecting and one repetition included.
const LIMIT: Duration = Duration::from_millis(250);

/// Between two attempts to connect to a Redis that does not answer.
const PAUSE: Duration = Duration::from_millis(100);

/// Each clone keeps connections of its own, served by the thread that uses them first: clone it once a worker, never once
/// a request.
pub struct RedisClient(Topology);

enum Topology {
    One(Connection),
    Cluster(Cluster),
}

/// Redis does not answer: why, in words for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("Redis: {0}")]
pub struct Unavailable(pub String);

impl Clone for RedisClient {
    /// The clone has connections of its own.
    fn clone(&self) -> RedisClient {
        RedisClient(match &self.0 {
            Topology::One(connection) => Topology::One(connection.another()),
            Topology::Cluster(cluster) => Topology::Cluster(cluster.another()),
        })
    }
}

impl RedisClient {
    /// Never waits for Redis: whether it answers stands in the log. Call it inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--redis-url`, and the forms that it can have, when this is none of them.
    pub fn open(url: &str) -> anyhow::Result<RedisClient> {
        let topology = match address::read(url)? {
            Address::Server(node) => Topology::One(Connection::to(Endpoint::Server(node))),
            Address::Master(sentinels) => Topology::One(Connection::to(Endpoint::Master(sentinels))),
            Address::Cluster(seeds) => Topology::Cluster(Cluster::of(Arc::new(seeds))),
        };
        match &topology {
            Topology::One(connection) => connection.reconnect(),
            Topology::Cluster(cluster) => cluster.look(),
        }
        Ok(RedisClient(topology))
    }

    /// A client to the same Redis that tells the listener of every key that was read over it and has changed since. Its clones
    /// tell the same listener. Call it inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--near-cache`: in a cluster each server tells only of its own keys, over its own connection.
    pub fn tracking(&self, listener: Arc<dyn Listener>) -> anyhow::Result<RedisClient> {
        match &self.0 {
            Topology::One(connection) => Ok(RedisClient(Topology::One(connection.notifying(listener)))),
            Topology::Cluster(_) => {
                bail!(Invalid("--near-cache cannot be had with redis+cluster:// in --redis-url".into()))
            }
        }
    }

    /// Sends one command and returns its answer. In a cluster all its keys must carry one hash tag.
    ///
    /// # Errors
    /// [`Unavailable`], at once while Redis is known to be away, and after 250 ms at most. Whether a write was done is
    /// then unknown. A connection found broken is replaced and the command repeated: commands must bear repetition.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let deadline = Instant::now() + LIMIT;
        let answer = async {
            match &self.0 {
                Topology::One(connection) => connection.ask(deadline, Request::Plain(command)).await,
                Topology::Cluster(cluster) => cluster.ask(deadline, command).await,
            }
        };
        let answer = timed(Part::State, answer).await.map_err(|fault| Unavailable(fault.message()))?;
        T::from_redis_value(answer).map_err(|error| Unavailable(error.to_string()))
    }

    /// Can questions about keys be answered at this moment?
    ///
    /// # Errors
    /// As [`RedisClient::ask`].
    pub async fn ready(&self) -> Result<(), Unavailable> {
        match &self.0 {
            Topology::One(_) => self.ask(&redis::cmd("PING")).await,
            // A server of a cluster that is down for keys answers PING all the same.
            Topology::Cluster(_) => self.ask::<Option<Vec<u8>>>(redis::cmd("GET").arg("ready")).await.map(drop),
        }
    }
}
