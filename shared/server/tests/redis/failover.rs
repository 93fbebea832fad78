//! Redis Sentinel failover: what do callers see when the sentinels choose another master?

use std::time::Duration;

use rig::redis::Redis;
use rig::sentinel::Sentinel;
use server::redis::RedisClient;
use tokio::time::{Instant, sleep};

use crate::callers::{Callers, RECOVERY};

#[tokio::test]
async fn a_killed_master_is_followed_to_the_next() {
    let mut sentinel = Sentinel::start().await.unwrap();
    let callers = Callers::start(&RedisClient::open(&sentinel.url()).unwrap(), "key").await;
    sentinel.servers[0].kill();
    sentinel.decided(1).await.unwrap();
    callers.are_healed(Instant::now()).await;
}

#[tokio::test]
async fn a_frozen_master_is_not_followed_back_when_it_is_thawed() {
    let mut sentinel = Sentinel::start().await.unwrap();
    let client = RedisClient::open(&sentinel.url()).unwrap();
    let callers = Callers::start(&client, "key").await;
    sentinel.servers[0].freeze().unwrap();
    sentinel.decided(1).await.unwrap();
    callers.are_healed(Instant::now()).await;

    sentinel.servers[0].thaw().unwrap();
    let callers = Callers::start(&client, "key").await;
    is_led_to(&client, &sentinel.servers[1], Instant::now()).await;
    callers.felt_nothing();
}

#[tokio::test]
async fn a_master_that_hands_over_is_left_at_once() {
    let sentinel = Sentinel::start().await.unwrap();
    let client = RedisClient::open(&sentinel.url()).unwrap();
    is_led_to(&client, &sentinel.servers[0], Instant::now()).await;
    sentinel.fail_over().await.unwrap();
    sentinel.decided(1).await.unwrap();
    is_led_to(&client, &sentinel.servers[1], Instant::now()).await;
}

/// # Panics
/// When the client does not lead to this server soon after `since`.
async fn is_led_to(client: &RedisClient, server: &Redis, since: Instant) {
    let port = async || client.ask::<Vec<String>>(redis::cmd("CONFIG").arg("GET").arg("port")).await.ok();
    while port().await.is_none_or(|answer| answer[1] != server.port().to_string()) {
        assert!(since.elapsed() < RECOVERY, "it leads elsewhere");
        sleep(Duration::from_millis(5)).await;
    }
}
