//! Sessions in Redis: which keys and scripts keep them?
//!
//! `session:{123}:RANDOM` holds what is kept of a session until it expires. `logins:{123}` names those of the user, each with the
//! moment of its end in milliseconds, and expires with the last of them. `renewed:{123}:RANDOM` names for a minute the
//! session that took this one's place. A cluster puts all that has the same word in braces into one slot (Redis Cluster
//! Specification, hash tags), so that one script may touch it.
//!
//! Scripts travel in full each time: a restarted Redis has forgotten them, and writes are rare. They go by Redis' own clock.
//! Each call that finds a session begins with one `GET`, alone or in a script: so the load test counts calls.

use actix_web::web::Bytes;
use jiff::Timestamp;
use redis::{Cmd, FromRedisValue};
use server::error::Refused;
use server::redis::{RedisClient, Unavailable};

use super::id::{Id, Random};
use super::near::{self, NearCache};
use super::stored::{Outcome, RENEWED, Stored};

#[derive(Clone)]
pub(super) struct InRedis {
    client: RedisClient,
    /// What need not be asked for again.
    near: Option<NearCache>,
}

/// Puts a session into Redis and its user's index, from which those that ended by themselves go.
const BEGIN: &str = concat!(include_str!("scripts/index.lua"), include_str!("scripts/begin.lua"));

/// Compares the version, then sets: an ended session stays ended, and of two writes to one version the first is kept.
/// The same write again, as after a broken connection, is kept too.
const WRITE: &str = concat!(include_str!("scripts/index.lua"), include_str!("scripts/write.lua"));

/// Ends sessions, and those that took their place while the request was on its way: else a logout that comes second to a
/// renewal would leave the renewed session alive.
const END: &str = concat!(include_str!("scripts/index.lua"), include_str!("scripts/end.lua"));

/// Reads what the index names, and takes out of it what Redis has no more: expired a moment ago, or evicted.
const LIST: &str = concat!(include_str!("scripts/index.lua"), include_str!("scripts/list.lua"));

impl InRedis {
    pub(super) fn open(url: &str) -> anyhow::Result<InRedis> {
        Ok(InRedis { client: RedisClient::open(url)?, near: None })
    }

    pub(super) fn open_near(url: &str) -> anyhow::Result<InRedis> {
        let client = RedisClient::open(url)?;
        let near = Some(NearCache::new(&client)?);
        Ok(InRedis { client, near })
    }

    pub(super) async fn ready(&self) -> Result<(), Refused> {
        self.client.ready().await.map_err(unavailable)
    }

    pub(super) async fn read(&self, id: &Id) -> Result<Option<Stored>, Refused> {
        let key = session(id);
        let answer = match &self.near {
            Some(near) if !near::is_passed_by() => near.get(&key).await,
            _ => {
                self.client.ask::<Option<Vec<u8>>>(redis::cmd("GET").arg(key)).await.map(|value| value.map(Bytes::from))
            }
        };
        Ok(answer.map_err(unavailable)?.and_then(|bytes| Stored::parse(&bytes)))
    }

    pub(super) async fn begin(&self, id: &Id, stored: &Stored, ends: Timestamp) -> Result<(), Refused> {
        let mut script = script(BEGIN, &[session(id), logins(id.user)]);
        script.arg(stored.text()).arg(left(ends)).arg(id.random.as_str());
        self.change(&[session(id)], &script).await
    }

    pub(super) async fn write(
        &self,
        (from, read): (&Id, u64),
        to: &Id,
        stored: &Stored,
        ends: Timestamp,
    ) -> Result<Outcome, Refused> {
        let mut script = script(WRITE, &[session(from), session(to), renewed(from), logins(from.user)]);
        script.arg(read).arg(stored.text()).arg(left(ends));
        script.arg(from.random.as_str()).arg(to.random.as_str()).arg(RENEWED.as_secs());
        let answer: String = self.change(&[session(from), session(to)], &script).await?;
        Ok(match answer.as_str() {
            "kept" => Outcome::Kept,
            "conflict" => Outcome::Conflict,
            _ => Outcome::Ended,
        })
    }

    pub(super) async fn end(&self, user: i64, ids: &[Id]) -> Result<(), Refused> {
        let sessions: Vec<_> = ids.iter().map(session).collect();
        let keys = [vec![logins(user)], sessions.clone(), ids.iter().map(renewed).collect()].concat();
        let mut script = script(END, &keys);
        script.arg(tag(user)).arg(ids.iter().map(|id| id.random.as_str()).collect::<Vec<_>>());
        self.change(&sessions, &script).await
    }

    pub(super) async fn list(&self, user: i64) -> Result<Vec<(Id, Stored)>, Refused> {
        let mut script = script(LIST, &[logins(user)]);
        script.arg(tag(user));
        let found: Vec<(String, Vec<u8>)> = self.client.ask(&script).await.map_err(unavailable)?;
        let session = |(random, bytes): &(String, Vec<u8>)| {
            Some((Id { user, random: Random::parse(random)? }, Stored::parse(bytes)?))
        };
        Ok(found.iter().filter_map(session).collect())
    }

    /// Every write goes through here, and says which sessions it changes.
    async fn change<T: FromRedisValue>(&self, sessions: &[String], script: &Cmd) -> Result<T, Refused> {
        let answer = self.client.ask(script).await;
        if let Some(near) = &self.near {
            sessions.iter().for_each(|key| near.forget(key)); // Whatever the answer: who knows what was done.
        }
        answer.map_err(unavailable)
    }
}

fn unavailable(cause: Unavailable) -> Refused {
    Refused::store_unavailable("sessions", cause)
}

fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

fn tag(user: i64) -> String {
    format!("{{{user}}}:")
}

fn session(id: &Id) -> String {
    format!("session:{{{}}}:{}", id.user, id.random)
}

fn renewed(id: &Id) -> String {
    format!("renewed:{{{}}}:{}", id.user, id.random)
}

fn logins(user: i64) -> String {
    format!("logins:{{{user}}}")
}

/// Milliseconds to live, at least one.
fn left(ends: Timestamp) -> String {
    ends.duration_since(Timestamp::now()).as_millis().max(1).to_string()
}
