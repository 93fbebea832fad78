//! Memory per login: how many bytes does one take, and how many of them must be stored?
//!
//! `cargo nextest run --release -p stateful-server bytes_per_login --no-capture` prints them for the book. What must be
//! stored is what somebody would have to write down: the id, all that is kept under it, the user by whom it is found, and
//! when it ends. What comes on top is how it is kept.

use rig::redis::Redis;

use super::*;

/// Each login is of a user of its own, which costs most; and of a browser that says as much of itself as most do.
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const FEW: i64 = 10_000;
const MANY: i64 = 50_000;
/// With as many digits as all others.
const FIRST: i64 = 10_000;
/// A moment, in Redis or here.
const MOMENT: usize = 8;

async fn log_in_all(store: &SessionStore, users: std::ops::Range<i64>, random: &mut fastrand::Rng) {
    let mut users: Vec<_> = users.collect();
    random.shuffle(&mut users);
    for crowd in users.chunks(100) {
        let mut logins = JoinSet::new();
        for id in crowd {
            let user = User { id: FIRST + id, username: format!("visitor-{:05}", FIRST + id), roles: vec![Role::User] };
            let (store, login) = (store.clone(), Login::fresh(user, Some(BROWSER.into())));
            logins.spawn(async move { store.begin(&login).await.map(drop) });
        }
        logins.join_all().await.into_iter().collect::<Result<(), _>>().unwrap();
    }
}

/// Bytes of each login beyond the first few.
async fn slope(store: &SessionStore, bytes: impl AsyncFn() -> i64) -> f64 {
    let mut random = fastrand::Rng::with_seed(7);
    log_in_all(store, 0..FEW, &mut random).await;
    let few = bytes().await;
    log_in_all(store, FEW..MANY, &mut random).await;
    (bytes().await - few) as f64 / (MANY - FEW) as f64
}

#[track_caller]
fn check(place: &str, takes: f64, must: usize, at_most: f64) {
    let over = takes / must as f64;
    println!("| {place} | {must} | {takes:.0} | {over:.2} |");
    assert!(over <= at_most, "{place}: {takes:.0} bytes for {must}");
}

async fn used(redis: &Redis) -> i64 {
    let told: String = ask(redis, &["INFO", "memory"]).await;
    let line = told.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
    line.trim().parse().unwrap()
}

#[tokio::test]
async fn bytes_per_login_in_redis() {
    let (redis, store) = open().await;
    let takes = slope(&store, async || used(&redis).await).await;
    let session = format!("session:{{{FIRST}}}:");
    let key = &ask::<Vec<String>>(&redis, &["KEYS", &format!("{session}*")]).await[0];
    let value: String = ask(&redis, &["GET", key]).await;
    let index = format!("logins:{{{FIRST}}}").len() + MOMENT + (key.len() - session.len()) + MOMENT;
    check("Redis", takes, key.len() + MOMENT + value.len() + index, 1.7);
    check("Redis, over plain strings", takes, plain_strings(&value).await, 1.1);
}

/// What Redis takes for the same bytes at least: two strings that end by themselves, and nothing that a list could be read
/// from.
async fn plain_strings(value: &str) -> usize {
    let (redis, _store) = open().await;
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut fill = async |users: std::ops::Range<i64>| {
        let mut pipe = redis::pipe();
        for id in users {
            let Id { user, random } = Id::fresh(FIRST + id);
            let (session, index) = (format!("session:{{{user}}}:{random}"), format!("logins:{{{user}}}"));
            pipe.cmd("SET").arg(session).arg(value).arg("EX").arg(1800).ignore();
            pipe.cmd("SET").arg(index).arg(random.as_str()).arg("EX").arg(1800).ignore();
        }
        pipe.exec_async(&mut connection).await.unwrap();
    };
    fill(0..FEW).await;
    let few = used(&redis).await;
    for begin in (FEW..MANY).step_by(1000) {
        fill(begin..begin + 1000).await;
    }
    (used(&redis).await - few) as usize / (MANY - FEW) as usize
}

#[tokio::test]
async fn bytes_per_login_in_a_process() {
    let store = SessionStore::in_memory(LIMITS);
    let resident = async || {
        let told = std::fs::read_to_string("/proc/self/statm").unwrap();
        told.split(' ').nth(1).unwrap().parse::<i64>().unwrap() * 4096
    };
    let takes = slope(&store, resident).await;
    let (id, stored) = store.backend.list(FIRST).await.unwrap().remove(0);
    let must = id.random.as_str().len() + size_of_val(&id.user) + MOMENT + stored.text().len();
    // Seen: 1.26. Where all tests share a process, what the others take meanwhile counts too.
    check("process", takes, must, 1.5);
}
