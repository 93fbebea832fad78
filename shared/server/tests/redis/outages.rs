//! Redis outages: what do callers see when a Redis dies, freezes, or was never there?

use rig::redis::{Listen, Options, Redis};
use server::redis::RedisClient;
use tokio::time::{Instant, sleep};

use crate::callers::{Callers, OUTAGE, RECOVERY};

/// All kinds of one server; those of several are in the files beside this one.
const KINDS: [Listen; 3] = [Listen::Socket, Listen::Port, Listen::Tls];

async fn start(listen: Listen) -> Redis {
    Redis::start(Options { listen, ..Options::default() }).await.expect("a Redis")
}

#[tokio::test]
async fn a_killed_one_keeps_nobody_waiting() {
    for kind in KINDS {
        let mut redis = start(kind).await;
        let callers = Callers::start(&RedisClient::open(&redis.url()).unwrap(), "key").await;
        redis.kill();
        sleep(OUTAGE).await;
        redis.restart().await.unwrap();
        callers.are_healed(Instant::now()).await;
    }
}

#[tokio::test]
async fn a_frozen_one_keeps_nobody_waiting() {
    for kind in KINDS {
        let mut redis = start(kind).await;
        let callers = Callers::start(&RedisClient::open(&redis.url()).unwrap(), "key").await;
        redis.freeze().unwrap();
        sleep(OUTAGE).await;
        redis.thaw().unwrap();
        callers.are_healed(Instant::now()).await;
    }
}

#[tokio::test]
async fn one_that_was_never_there_is_welcomed_when_it_comes() {
    for kind in KINDS {
        let mut redis = start(kind).await;
        redis.kill();
        let client = RedisClient::open(&redis.url()).unwrap();
        let asked = Instant::now();
        client.ask::<()>(&redis::cmd("PING")).await.unwrap_err();
        assert!(asked.elapsed() <= RECOVERY / 4);
        redis.restart().await.unwrap();
        Callers::start(&client, "key").await;
    }
}

#[tokio::test]
async fn a_broken_connection_is_not_felt() {
    for kind in KINDS {
        let redis = start(kind).await;
        let client = RedisClient::open(&redis.url()).unwrap();
        let ask = async || client.ask::<()>(&redis::cmd("PING")).await;
        ask().await.unwrap();
        for _ in 0..10 {
            assert_ne!(redis.ask("CLIENT KILL TYPE normal SKIPME yes").unwrap(), "0", "nobody was connected");
            ask().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_master_that_is_one_no_more_is_left_and_found_again() {
    let redis = start(Listen::Port).await;
    let callers = Callers::start(&RedisClient::open(&redis.url()).unwrap(), "key").await;
    redis.ask("REPLICAOF 127.0.0.1 1").unwrap();
    sleep(OUTAGE).await;
    redis.ask("REPLICAOF NO ONE").unwrap();
    callers.are_healed(Instant::now()).await;
}
