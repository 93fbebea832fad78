//! Redis outages: what do callers feel when Redis dies, freezes, or was never there?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::*;

/// How long Redis is away; longer only takes longer.
const OUTAGE: Duration = Duration::from_millis(1500);

/// The longest that anybody may wait for an answer, and the longest until all is well after Redis is back.
const WAIT: Duration = Duration::from_millis(500);
const RECOVERY: Duration = Duration::from_secs(2);

/// Callers who read all the time, each a session of its own, over one connection.
struct Callers {
    readers: JoinSet<Felt>,
    enough: Arc<AtomicBool>,
}

/// What one caller went through.
#[derive(Debug)]
struct Felt {
    longest: Duration,
    refused: u32,
    well_since: Option<Instant>,
}

impl Callers {
    async fn start(store: SessionStore) -> Callers {
        let (store, enough, mut readers) = (Arc::new(store), Arc::new(AtomicBool::new(false)), JoinSet::new());
        for reader in 0..8 {
            let mine = format!("mine-{reader}");
            let key = log_in(&store, jane()).await;
            let state = changed(&store, &key, &mine).await;
            update(&store, &key, state).await.unwrap();
            readers.spawn(read(store.clone(), key, mine, enough.clone()));
        }
        Callers { readers, enough }
    }

    /// # Panics
    /// When somebody waited too long, was not refused in between, or is not well since soon after `back`.
    async fn check(self, back: Instant) {
        sleep(RECOVERY.saturating_sub(back.elapsed())).await;
        self.enough.store(true, Ordering::Relaxed);
        for felt in self.readers.join_all().await {
            let well_after = felt.well_since.map(|since| since.duration_since(back));
            println!("longest wait {:?}, refused {} times, well after {well_after:?}", felt.longest, felt.refused);
            assert!(felt.longest <= WAIT && felt.refused > 0, "{felt:?}");
            assert!(well_after.is_some_and(|after| after < RECOVERY), "{felt:?}");
        }
    }
}

/// Reads every five milliseconds, and accepts no answer but its own session or a refusal.
async fn read(store: Arc<SessionStore>, key: SessionKey, mine: String, enough: Arc<AtomicBool>) -> Felt {
    let mut felt = Felt { longest: Duration::ZERO, refused: 0, well_since: None };
    while !enough.load(Ordering::Relaxed) {
        let asked = Instant::now();
        match load(&store, &key).await {
            Ok(Some(state)) => {
                assert!(state.contains_key(&mine), "an answer for somebody else");
                felt.well_since.get_or_insert(asked);
            }
            // A Redis that was killed is back without sessions.
            Ok(None) => drop(felt.well_since.get_or_insert(asked)),
            Err(_) => {
                felt.refused += 1;
                felt.well_since = None;
            }
        }
        felt.longest = felt.longest.max(asked.elapsed());
        sleep(Duration::from_millis(5)).await;
    }
    felt
}

#[tokio::test]
async fn a_killed_redis_keeps_nobody_waiting() {
    let (mut redis, store) = open().await;
    let callers = Callers::start(store).await;
    redis.kill();
    sleep(OUTAGE).await;
    redis.restart().await.unwrap();
    callers.check(Instant::now()).await;
}

#[tokio::test]
async fn a_frozen_redis_keeps_nobody_waiting() {
    let (mut redis, store) = open().await;
    let callers = Callers::start(store).await;
    redis.freeze().unwrap();
    sleep(OUTAGE).await;
    redis.thaw().unwrap();
    callers.check(Instant::now()).await;
}

#[tokio::test]
async fn a_redis_that_was_never_there_is_welcomed_when_it_comes() {
    let mut redis = Redis::start(Options::default()).await.unwrap();
    redis.kill();
    let store = SessionStore::in_redis(&redis.url(), LIMITS).unwrap();
    let asked = Instant::now();
    assert!(matches!(load(&store, &Id::fresh(1).key()).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.begin(&Login::fresh(jane(), None)).await, Err(StoreError::Unavailable(_))));
    assert!(asked.elapsed() <= WAIT);
    redis.restart().await.unwrap();
    let back = Instant::now();
    while store.ready().await.is_err() {
        assert!(back.elapsed() < RECOVERY, "not well again in time");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_broken_connection_is_not_felt() {
    let (redis, store) = open().await;
    let key = log_in(&store, jane()).await;
    for _ in 0..10 {
        ask::<i64>(&redis, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
        load(&store, &key).await.unwrap().unwrap();
    }
}
