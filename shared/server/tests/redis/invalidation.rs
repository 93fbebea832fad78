//! Key invalidation: who hears that a key has changed?

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rig::redis::{Listen, Options, Redis};
use rig::sentinel::Sentinel;
use server::redis::{Listener, RedisClient};
use tokio::time::{Instant, sleep};

use crate::callers::RECOVERY;

/// Keeps all that it hears.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Listener for Ear {
    fn forget(&self, key: &[u8]) {
        self.0.lock().expect("nobody panics with it").push(String::from_utf8_lossy(key).into_owned());
    }

    fn forget_all(&self) {
        self.0.lock().expect("nobody panics with it").push("all".into());
    }
}

impl Ear {
    /// Forgets what it heard before, and returns when it hears this.
    async fn hears(&self, word: &str, of: impl AsyncFn()) {
        self.0.lock().expect("nobody panics with it").clear();
        of().await;
        let since = Instant::now();
        while !self.0.lock().expect("nobody panics with it").iter().any(|heard| heard == word) {
            assert!(since.elapsed() < RECOVERY, "{word} was not heard");
            sleep(Duration::from_millis(1)).await;
        }
    }
}

/// # Panics
/// When somebody who listens at this URL does not hear of what happens at this server.
async fn check(url: &str, redis: &Redis) {
    let ear = Arc::<Ear>::default();
    let client = RedisClient::open(url).and_then(|client| client.tracking(ear.clone())).expect("a client that tells");
    let read = async || client.ask::<Option<String>>(redis::cmd("GET").arg("key")).await;
    ear.hears("all", async || drop(read().await.expect("an answer"))).await;
    for change in ["SET key value", "DEL key"] {
        read().await.expect("an answer");
        ear.hears("key", async || drop(redis.ask(change).expect("a change"))).await;
    }
    for end in ["FLUSHALL", "CLIENT KILL TYPE normal SKIPME yes"] {
        read().await.expect("an answer");
        ear.hears("all", async || drop(redis.ask(end).expect("an end"))).await;
    }
}

#[tokio::test]
async fn every_kind_of_link_that_tells_does() {
    for listen in [Listen::Socket, Listen::Port, Listen::Tls] {
        let redis = Redis::start(Options { listen, ..Options::default() }).await.unwrap();
        check(&redis.url(), &redis).await;
    }
    let sentinel = Sentinel::start().await.unwrap();
    check(&sentinel.url(), &sentinel.servers[0]).await;
}

#[tokio::test]
async fn a_clone_tells_the_same_listener() {
    let redis = Redis::start(Options::default()).await.unwrap();
    let ear = Arc::<Ear>::default();
    let client = RedisClient::open(&redis.url()).unwrap().tracking(ear.clone()).unwrap().clone();
    client.ask::<Option<String>>(redis::cmd("GET").arg("key")).await.unwrap();
    ear.hears("key", async || drop(redis.ask("SET key value").unwrap())).await;
}
