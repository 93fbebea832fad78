//! Redis Cluster: what do callers see when one of its servers fails, or keys move between two?

use rig::cluster::Cluster;
use server::redis::RedisClient;
use tokio::time::{Instant, sleep};

use crate::callers::{Callers, OUTAGE};

async fn start() -> (Cluster, RedisClient) {
    let cluster = Cluster::start().await.expect("a cluster");
    // The first seed is nobody.
    let client = RedisClient::open(&cluster.url().replace("://", "://127.0.0.1:1,")).expect("a good URL");
    (cluster, client)
}

/// Callers of a server's keys.
async fn callers_of(holder: usize, cluster: &Cluster, client: &RedisClient) -> Callers {
    Callers::start(client, &cluster.key_of(holder).expect("it answers")).await
}

#[tokio::test]
async fn every_key_is_asked_where_it_is() {
    let (cluster, client) = start().await;
    for holder in 0..3 {
        let key = cluster.key_of(holder).unwrap();
        client.ask::<()>(redis::cmd("SET").arg(&key).arg(holder)).await.unwrap();
        let mut script = redis::cmd("EVAL");
        script.arg("redis.call('SET', KEYS[2], ARGV[1]) return redis.call('GET', KEYS[1])").arg(2);
        script.arg(&key).arg(format!("{key}:more")).arg("more");
        assert_eq!(client.ask::<usize>(&script).await.unwrap(), holder);
        assert_eq!(cluster.servers[holder].ask("DBSIZE").unwrap(), "2");
    }
    client.ask::<()>(&redis::cmd("PING")).await.unwrap();
    let apart = redis::cmd("MGET").arg("foo").arg("bar").to_owned();
    let refused = client.ask::<()>(&apart).await.unwrap_err();
    assert!(refused.to_string().contains("CrossSlot"), "{refused}");
}

#[tokio::test]
async fn a_killed_server_takes_only_its_own_keys_with_it() {
    let (mut cluster, client) = start().await;
    let (own, others) = (callers_of(0, &cluster, &client).await, callers_of(1, &cluster, &client).await);
    cluster.servers[0].kill();
    sleep(OUTAGE).await;
    client.ask::<()>(&redis::cmd("PING")).await.unwrap();
    cluster.servers[0].restart().await.unwrap();
    cluster.whole().await.unwrap();
    own.are_healed(Instant::now()).await;
    others.felt_nothing();
}

#[tokio::test]
async fn a_frozen_server_takes_only_its_own_keys_with_it() {
    let (mut cluster, client) = start().await;
    let (own, others) = (callers_of(0, &cluster, &client).await, callers_of(1, &cluster, &client).await);
    cluster.servers[0].freeze().unwrap();
    sleep(OUTAGE).await;
    cluster.servers[0].thaw().unwrap();
    own.are_healed(Instant::now()).await;
    others.felt_nothing();
}

#[tokio::test]
async fn a_replica_that_takes_over_is_found() {
    let (mut cluster, client) = start().await;
    cluster.follow(0).await.unwrap();
    let (own, others) = (callers_of(0, &cluster, &client).await, callers_of(1, &cluster, &client).await);
    cluster.servers[0].freeze().unwrap();
    cluster.took_over(3).await.unwrap();
    own.are_healed(Instant::now()).await;
    others.felt_nothing();
}

#[tokio::test]
async fn keys_that_move_are_followed_without_anybody_feeling_it() {
    let (cluster, client) = start().await;
    let callers = callers_of(0, &cluster, &client).await;
    let slot = cluster.servers[0].ask(&format!("CLUSTER KEYSLOT {}", cluster.key_of(0).unwrap())).unwrap();
    let [from, to, ..] = &cluster.servers[..] else { unreachable!("there are three") };
    let (from_id, to_id) = (from.ask("CLUSTER MYID").unwrap(), to.ask("CLUSTER MYID").unwrap());
    to.ask(&format!("CLUSTER SETSLOT {slot} IMPORTING {from_id}")).unwrap();
    from.ask(&format!("CLUSTER SETSLOT {slot} MIGRATING {to_id}")).unwrap();
    sleep(OUTAGE / 8).await;
    // Keys that moved already are asked for at the new server, the others at the old one.
    for key in [0, 1].map(|number| format!("{}:{number}", cluster.key_of(0).unwrap())) {
        from.ask(&format!("MIGRATE 127.0.0.1 {} {key} 0 1000", to.port())).unwrap();
        sleep(OUTAGE / 8).await;
    }
    assert_eq!((from.ask("DBSIZE").unwrap(), to.ask("DBSIZE").unwrap()), ("2".into(), "2".into()));
    for key in [2, 3].map(|number| format!("{}:{number}", cluster.key_of(0).unwrap())) {
        from.ask(&format!("MIGRATE 127.0.0.1 {} {key} 0 1000", to.port())).unwrap();
    }
    for server in [to, from, &cluster.servers[2]] {
        server.ask(&format!("CLUSTER SETSLOT {slot} NODE {to_id}")).unwrap();
    }
    sleep(OUTAGE).await;
    callers.felt_nothing();
}

#[tokio::test]
async fn a_cluster_that_is_gone_and_comes_back_is_found_again() {
    let (mut cluster, client) = start().await;
    let callers = callers_of(0, &cluster, &client).await;
    for server in &mut cluster.servers {
        server.kill();
    }
    sleep(OUTAGE).await;
    for server in &mut cluster.servers {
        server.restart().await.unwrap();
    }
    cluster.whole().await.unwrap();
    callers.are_healed(Instant::now()).await;
}
