//! Near cache: which sessions may be answered for without asking Redis?
//!
//! Those that were read over a connection by which Redis tells what changes (`CLIENT TRACKING`), for a second after the last
//! question that Redis answered. So it is promised:
//!
//! - What is answered for was true at some moment of the last second ([`LEASE`]). Usually a change anywhere, such as a
//!   logout, is seen within milliseconds: as soon as Redis' news of it is here. When no news come, because the network is cut
//!   or Redis is frozen, it is seen, or the question refused, after a second.
//! - Behind sentinels the master is meant that the client leads to. One that was replaced while it still answers is left
//!   within a second, as by every [`RedisClient`].
//! - A change made beside the same `NearCache` is seen at once by whoever asks it after that, if the store calls [`NearCache::forget`]
//!   when Redis has answered, whatever it answered.
//! - A request that may change something is not answered from here ([`pass_by`]): else a client whose requests go to
//!   several workers could miss its own step before, and be told that it is missing.
//! - What is not there is asked for each time. What expires is forgotten when Redis drops it, and that can be later than it
//!   expires: who reads must look at the time too, as for every session.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::web::Bytes;
use quick_cache::Weighter;
use server::redis::{Listener, RedisClient, Unavailable};
use tokio::time::Instant;

/// How long an answer of Redis proves that no news are missing.
const LEASE: Duration = Duration::from_secs(1);

/// When a lease is renewed, if nobody asks anything: early enough that it does not run out while the question is answered.
const RENEWAL: Duration = Duration::from_millis(250);

/// For the sessions of one worker, keys and our own books included.
const BYTES: u64 = 64 << 20;

/// What an entry takes beside key and value, about.
const BOOKS: u64 = 100;

/// Values that were read lately, in front of `GET`. Each clone begins empty and keeps a connection of its own, like its
/// [`RedisClient`]: clone it once a worker.
pub(crate) struct NearCache {
    client: Arc<RedisClient>,
    cache: Arc<Cache>,
}

impl NearCache {
    /// A cache in front of the Redis that this client leads to. Call it inside the runtime.
    ///
    /// # Errors
    /// As [`RedisClient::tracking`]: not in a cluster.
    pub(crate) fn new(client: &RedisClient) -> anyhow::Result<NearCache> {
        let cache = Arc::new(Cache::holding(BYTES));
        Ok(NearCache { client: Arc::new(client.tracking(cache.clone())?), cache })
    }

    /// The value of this key.
    ///
    /// # Errors
    /// As [`RedisClient::ask`], when it has to be asked.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, Unavailable> {
        let now = Instant::now();
        if let Some(hit) = self.cache.hit(key, now) {
            if hit.renew {
                tokio::spawn(renew(self.client.clone(), self.cache.clone()));
            }
            return Ok(Some(hit.value));
        }
        let ticket = self.cache.expect(key);
        let answer: Option<Vec<u8>> = self.client.ask(redis::cmd("GET").arg(key)).await?;
        let value = answer.map(Bytes::from);
        self.cache.keep(key, ticket, value.clone(), now);
        Ok(value)
    }

    /// Whoever asks from now on hears it from Redis.
    pub(crate) fn forget(&self, key: &str) {
        self.cache.forget(key.as_bytes());
    }
}

tokio::task_local! {
    static PASSED_BY: bool;
}

/// Does the work of a request; all that it reads comes from Redis itself, if the method is one that may change something.
pub(crate) async fn pass_by<T>(method: &Method, work: impl Future<Output = T>) -> T {
    PASSED_BY.scope(!method.is_safe(), work).await
}

pub(super) fn is_passed_by() -> bool {
    PASSED_BY.try_with(|passed_by| *passed_by).unwrap_or(false)
}

impl Clone for NearCache {
    fn clone(&self) -> NearCache {
        NearCache::new(&self.client).expect("a client that tells one listener can tell another")
    }
}

/// Asks Redis for a sign of life: all its news from before are here before the answer is.
async fn renew(client: Arc<RedisClient>, cache: Arc<Cache>) {
    let asked = Instant::now();
    let answer = client.ask::<()>(&redis::cmd("PING")).await;
    let mut held = cache.held();
    held.renewing = false;
    if answer.is_ok() {
        held.prove(asked);
    }
}

/// Held for no longer than it takes to look: the task that serves the connection wants it too.
struct Cache(Mutex<Held>);

struct Held {
    entries: quick_cache::unsync::Cache<Box<[u8]>, Entry, Size>,
    /// Given out so far; no two are the same.
    tickets: u64,
    /// When the latest question was put that has an answer: all that happened before is known.
    proved: Option<Instant>,
    renewing: bool,
}

enum Entry {
    /// Somebody asks for it, and will keep the answer if this entry is still here: then no news of the key came in between.
    Expected(u64),
    Known(Bytes),
}

struct Hit {
    value: Bytes,
    /// Whether the one who was answered should see to the lease.
    renew: bool,
}

#[derive(Clone)]
struct Size;

impl Weighter<Box<[u8]>, Entry> for Size {
    fn weight(&self, key: &Box<[u8]>, entry: &Entry) -> u64 {
        let value = if let Entry::Known(value) = entry { value.len() } else { 0 };
        (key.len() + value) as u64 + BOOKS
    }
}

impl Cache {
    fn holding(bytes: u64) -> Cache {
        let entries = quick_cache::unsync::Cache::with_weighter((bytes / 1000) as usize, bytes, Size);
        Cache(Mutex::new(Held { entries, tickets: 0, proved: None, renewing: false }))
    }

    fn hit(&self, key: &str, now: Instant) -> Option<Hit> {
        let mut held = self.held();
        let age = now.saturating_duration_since(held.proved?);
        if age >= LEASE {
            return None;
        }
        let Entry::Known(value) = held.entries.get(key.as_bytes())? else { return None };
        let value = value.clone();
        let renew = age >= RENEWAL && !held.renewing;
        held.renewing |= renew;
        Some(Hit { value, renew })
    }

    /// Before the question: the ticket for the answer.
    fn expect(&self, key: &str) -> u64 {
        let mut held = self.held();
        held.tickets += 1;
        let ticket = held.tickets;
        held.entries.insert(key.as_bytes().into(), Entry::Expected(ticket));
        ticket
    }

    /// After the answer to a question put at `asked`.
    fn keep(&self, key: &str, ticket: u64, value: Option<Bytes>, asked: Instant) {
        let mut held = self.held();
        held.prove(asked);
        let mine = matches!(held.entries.peek(key.as_bytes()), Some(Entry::Expected(expected)) if *expected == ticket);
        match value {
            Some(value) if mine => held.entries.insert(key.as_bytes().into(), Entry::Known(value)),
            None if mine => drop(held.entries.remove(key.as_bytes())),
            _ => {}
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Cache {
    fn forget(&self, key: &[u8]) {
        self.held().entries.remove(key);
    }

    fn forget_all(&self) {
        self.held().entries.clear();
    }
}

impl Held {
    fn prove(&mut self, asked: Instant) {
        self.proved = self.proved.max(Some(asked));
    }
}
