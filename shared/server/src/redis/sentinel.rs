//! Redis Sentinel: which server is the master now?
//!
//! The sentinels decide it among themselves (<https://redis.io/docs/latest/develop/reference/sentinel-clients/>). They are
//! asked for every connection, and while it lasts, all at once.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, FromRedisValue, RedisError, RedisResult, Value};
use tokio::time::timeout;

use crate::redis::fault;
use crate::redis::node::Node;

/// For one sentinel to answer, so that a dead one leaves time to reach the master.
const TRY: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(super) struct Sentinels {
    pub(super) sentinels: Vec<Node>,
    /// The name by which the sentinels know it.
    pub(super) master: String,
    /// What lets us in at the masters; where it leads does not matter.
    pub(super) servers: Node,
}

/// Where one sentinel says that the master is.
struct Word {
    host: String,
    port: u16,
    /// Counts the decisions of the sentinels: one that was cut off from the others still names an earlier master.
    epoch: u64,
}

impl Sentinels {
    /// The master, as far as anybody knows.
    pub(super) async fn master(&self) -> RedisResult<Node> {
        let word = self.newest_word().await?;
        Ok(self.servers.beside(&word.host, word.port))
    }

    async fn newest_word(&self) -> RedisResult<Word> {
        let tries = self.sentinels.iter().map(|sentinel| timeout(TRY, self.word_of(sentinel)));
        let words = join_all(tries).await.into_iter().map(|word| word.unwrap_or_else(|_| fault::timed_out()));
        let (words, refusals): (Vec<_>, Vec<_>) = words.partition(Result::is_ok);
        let newest = words.into_iter().flatten().max_by_key(|word| word.epoch);
        newest.ok_or_else(|| {
            let cause = refusals.into_iter().find_map(Result::err).map(|error| error.to_string());
            failed(format!("no sentinel knows the master {:?}: {}", self.master, cause.unwrap_or_default()))
        })
    }

    async fn word_of(&self, sentinel: &Node) -> RedisResult<Word> {
        let mut connection = sentinel.connect().await?;
        let question = redis::cmd("SENTINEL").arg("MASTER").arg(&self.master).to_owned();
        let mut facts: HashMap<String, String> = question.query_async(&mut connection).await?;
        let port = facts.get("port").and_then(|port| port.parse().ok());
        let epoch = facts.get("config-epoch").and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
        match (facts.remove("ip"), port) {
            (Some(host), Some(port)) => Ok(Word { host, port, epoch }),
            _ => Err(failed(format!("{sentinel} answers like no sentinel"))),
        }
    }
}

/// # Errors
/// The server that answers does not take itself for the master.
pub(super) async fn be_sure(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    let role: Vec<Value> = redis::cmd("ROLE").query_async(connection).await?;
    match role.into_iter().next().map(String::from_redis_value) {
        Some(Ok(role)) if role == "master" => Ok(()),
        _ => Err(failed("the server that the sentinels name is not the master yet".into())),
    }
}

fn failed(why: String) -> RedisError {
    (ErrorKind::Client, "Sentinel", why).into()
}

impl fmt::Display for Sentinels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentinels: Vec<_> = self.sentinels.iter().map(Node::to_string).collect();
        write!(f, "{} of {}", self.master, sentinels.join(","))
    }
}
