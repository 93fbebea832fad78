//! Near cache, tested: is what is answered for true, and for how long?

use std::sync::atomic::{AtomicBool, Ordering};

use rig::redis::{Listen, Options, Redis};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time::sleep;

use super::*;

/// The longest until all is well after Redis is back.
const RECOVERY: Duration = Duration::from_secs(2);

/// What a busy machine adds to a limit.
const SLACK: Duration = Duration::from_millis(150);

async fn open(listen: Listen) -> (Redis, NearCache) {
    let redis = Redis::start(Options { listen, ..Options::default() }).await.unwrap();
    let near = NearCache::new(&RedisClient::open(&redis.url()).unwrap()).unwrap();
    redis.ask("SET key old").unwrap();
    known(&near, "old").await;
    (redis, near)
}

/// Returns when `key` is answered for, by this value.
async fn known(near: &NearCache, value: &str) {
    let kept = || near.cache.hit("key", Instant::now()).is_some_and(|hit| hit.value == value);
    eventually(near, |_| kept()).await;
}

/// Asks again and again until the answer is right; how long that took.
#[track_caller]
fn eventually(near: &NearCache, right: impl Fn(Result<Option<Bytes>, ()>) -> bool) -> impl Future<Output = Duration> {
    let caller = std::panic::Location::caller();
    async move {
        let since = Instant::now();
        while !right(near.get("key").await.map_err(drop)) {
            assert!(since.elapsed() < RECOVERY, "{caller}: not so after {RECOVERY:?}");
            yield_now().await;
        }
        since.elapsed()
    }
}

/// Pings that Redis was sent so far.
fn pings(redis: &Redis) -> u32 {
    let statistics = redis.ask("INFO commandstats").unwrap();
    let calls = statistics.split_once("cmdstat_ping:calls=").and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
    calls.unwrap_or(0)
}

#[tokio::test]
async fn a_hit_asks_nobody() {
    let (redis, near) = open(Listen::Socket).await;
    let before = redis.commands_answered().unwrap();
    for _ in 0..1000 {
        assert_eq!(near.get("key").await.unwrap().unwrap(), "old");
    }
    assert_eq!(redis.commands_answered().unwrap(), before);
}

#[tokio::test]
async fn what_is_not_there_is_asked_for_each_time() {
    let (redis, near) = open(Listen::Socket).await;
    let before = redis.commands_answered().unwrap();
    for _ in 0..10 {
        assert_eq!(near.get("nothing").await.unwrap(), None);
    }
    assert_eq!(redis.commands_answered().unwrap(), before + 10);
}

#[tokio::test]
async fn a_thousand_changes_by_others_are_seen_at_once() {
    let (redis, near) = open(Listen::Socket).await;
    let mut lags = Vec::new();
    for number in 0..1000 {
        let change = if number % 2 == 0 { "DEL key".to_owned() } else { format!("SET key {number}") };
        redis.ask(&change).unwrap();
        let expected = (number % 2 == 1).then(|| Bytes::from(number.to_string()));
        lags.push(eventually(&near, |answer| answer == Ok(expected.clone())).await);
    }
    lags.sort_unstable();
    println!("seen after: p50 {:?}, p99 {:?}, at most {:?}", lags[500], lags[990], lags[999]);
    assert!(lags[500] < Duration::from_millis(10) && lags[999] < LEASE, "{:?}", &lags[990..]);
}

#[tokio::test]
async fn a_flush_and_the_end_of_a_key_are_seen() {
    let (redis, near) = open(Listen::Socket).await;
    for end in ["FLUSHALL", "PEXPIRE key 20", "RENAME key other"] {
        redis.ask("SET key old").unwrap();
        known(&near, "old").await;
        redis.ask(end).unwrap();
        assert!(eventually(&near, |answer| answer == Ok(None)).await < LEASE, "{end}");
    }
}

#[tokio::test]
async fn a_change_of_ones_own_is_seen_by_the_next_question() {
    let (redis, near) = open(Listen::Socket).await;
    let client = RedisClient::open(&redis.url()).unwrap();
    for number in 0..1000 {
        let set = redis::cmd("SET").arg("key").arg(number).to_owned();
        // Somebody else asks at the same time, before or after the change.
        let (change, _) = tokio::join!(client.ask::<()>(&set), near.get("key"));
        change.unwrap();
        near.forget("key");
        assert_eq!(near.get("key").await.unwrap().unwrap(), number.to_string());
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_takes_all_that_is_known_with_it() {
    for listen in [Listen::Socket, Listen::Port] {
        let (redis, near) = open(listen).await;
        for number in 0..10 {
            assert_ne!(redis.ask("CLIENT KILL TYPE normal SKIPME yes").unwrap(), "0", "nobody was connected");
            redis.ask(&format!("SET key {number}")).unwrap();
            let seen = eventually(&near, |answer| answer == Ok(Some(number.to_string().into()))).await;
            assert!(seen < LEASE, "{seen:?}");
            known(&near, &number.to_string()).await;
        }
    }
}

#[tokio::test]
async fn a_frozen_redis_is_answered_for_a_second_at_most() {
    let (mut redis, near) = open(Listen::Socket).await;
    redis.freeze().unwrap();
    let hits = eventually(&near, |answer| answer.is_err()).await;
    println!("answered for {hits:?}");
    assert!(hits < LEASE + SLACK);
    let refused = Instant::now();
    while refused.elapsed() < LEASE {
        near.get("key").await.unwrap_err();
        sleep(Duration::from_millis(5)).await;
    }
    redis.thaw().unwrap();
    known(&near, "old").await;
}

#[tokio::test]
async fn whoever_comes_back_after_a_second_is_not_answered_for_a_frozen_redis() {
    let (mut redis, near) = open(Listen::Socket).await;
    redis.freeze().unwrap();
    sleep(LEASE).await;
    near.get("key").await.unwrap_err();
    redis.thaw().unwrap();
}

#[tokio::test]
async fn a_logout_behind_a_cut_network_is_seen_or_refused_within_a_second() {
    let redis = Redis::start(Options { listen: Listen::Port, ..Options::default() }).await.unwrap();
    let network = Network::to(redis.port()).await;
    let near = NearCache::new(&RedisClient::open(&network.url).unwrap()).unwrap();
    redis.ask("SET key old").unwrap();
    known(&near, "old").await;
    network.cut.store(true, Ordering::Relaxed);
    redis.ask("DEL key").unwrap();
    let (deleted, mut last_hit) = (Instant::now(), Duration::ZERO);
    while deleted.elapsed() < LEASE + LEASE {
        let asked = deleted.elapsed();
        if near.get("key").await.is_ok() {
            last_hit = asked;
        }
        yield_now().await;
    }
    println!("answered for {last_hit:?}");
    assert!(last_hit > Duration::ZERO && last_hit < LEASE, "{last_hit:?}");
    network.cut.store(false, Ordering::Relaxed);
    eventually(&near, |answer| answer == Ok(None)).await;
}

/// All bytes to and from Redis, unless it is cut: then they wait, and nobody hears of it.
struct Network {
    url: String,
    cut: Arc<AtomicBool>,
}

impl Network {
    async fn to(port: u16) -> Network {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let cut = Arc::new(AtomicBool::new(false));
        let wire = cut.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, to_client) = client.into_split();
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                let (from_server, to_server) = server.into_split();
                tokio::spawn(carry(from_client, to_server, wire.clone()));
                tokio::spawn(carry(from_server, to_client, wire.clone()));
            }
        });
        Network { url, cut }
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, cut: Arc<AtomicBool>) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        while cut.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(1)).await;
        }
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_lease_is_renewed_while_it_is_used_and_not_longer() {
    let (redis, near) = open(Listen::Socket).await;
    let (before, began) = (pings(&redis), Instant::now());
    while began.elapsed() < LEASE + RENEWAL {
        assert_eq!(near.get("key").await.unwrap().unwrap(), "old");
        sleep(Duration::from_millis(5)).await;
    }
    let used = pings(&redis);
    assert!((1..=5).contains(&(used - before)), "{} pings", used - before);
    sleep(LEASE).await;
    assert!(pings(&redis) <= used + 1, "one may have been on its way");
}

#[tokio::test]
async fn in_a_cluster_there_is_none() {
    let client = RedisClient::open("redis+cluster://127.0.0.1:1").unwrap();
    assert!(
        NearCache::new(&client)
            .err()
            .unwrap()
            .to_string()
            .starts_with("--near-cache cannot be had with redis+cluster://")
    );
}

#[test]
fn an_answer_is_kept_only_if_nothing_came_in_between() {
    #[track_caller]
    fn check(between: impl Fn(&Cache), kept: Option<&str>) {
        let cache = Cache::holding(BYTES);
        let (now, ticket) = (Instant::now(), cache.expect("key"));
        between(&cache);
        cache.keep("key", ticket, Some("mine".into()), now);
        assert_eq!(cache.hit("key", now).map(|hit| hit.value), kept.map(|kept| Bytes::from(kept.to_owned())));
    }
    check(|_| {}, Some("mine"));
    check(|cache| cache.forget(b"other"), Some("mine"));
    check(|cache| cache.forget(b"key"), None);
    check(|cache| cache.forget_all(), None);
    // Somebody else asks, and has no answer yet; or has one; or was told meanwhile that it is old.
    let theirs = |cache: &Cache| cache.expect("key");
    let answered = |cache: &Cache| cache.keep("key", theirs(cache), Some("theirs".into()), Instant::now());
    check(|cache| assert!(theirs(cache) > 0), None);
    check(|cache| answered(cache), Some("theirs"));
    check(|cache| cache.keep("key", theirs(cache), None, Instant::now()), None);
    check(|cache| (answered(cache), cache.forget(b"key")).1, None);
}

#[test]
fn an_answer_proves_as_much_as_was_true_when_it_was_asked_for() {
    let cache = Cache::holding(BYTES);
    let asked = Instant::now();
    cache.keep("key", cache.expect("key"), Some("mine".into()), asked);
    assert!(cache.hit("key", asked + LEASE - Duration::from_millis(1)).is_some());
    assert!(cache.hit("key", asked + LEASE).is_none());
    cache.held().prove(asked - LEASE);
    assert!(cache.hit("key", asked).is_some(), "an earlier question that is answered later proves nothing new");
}

#[test]
fn however_much_is_read_little_is_kept() {
    let cache = Cache::holding(1 << 20);
    let now = Instant::now();
    for number in 0..10_000 {
        let key = format!("session:{number}");
        cache.keep(&key, cache.expect(&key), Some(vec![0; 1000].into()), now);
        cache.expect(&format!("never answered:{number}"));
    }
    let held = cache.held();
    assert!(held.entries.weight() <= 1 << 20 && held.entries.len() > 500, "{} bytes", held.entries.weight());
}
