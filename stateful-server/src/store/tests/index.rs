//! Session index in Redis: does it say exactly what is there, and what does it cost?

use std::collections::BTreeMap;

use server::backend::Caller;

use super::*;

/// How many commands of this name were run, by clients and scripts: what the load test counts, too.
async fn calls(redis: &Redis, command: &str) -> u64 {
    let text: String = ask(redis, &["INFO", "commandstats"]).await;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.map_or(0, |figures| figures.split(',').next().unwrap().parse().unwrap())
}

/// Reads and scripts for ten reads of a session.
pub(super) async fn cost_of_ten_reads(redis: &Redis, store: &SessionStore, key: &SessionKey) -> (u64, u64) {
    let before = (calls(redis, "get").await, calls(redis, "eval").await);
    for _ in 0..10 {
        load(store, key).await.unwrap().unwrap();
    }
    (calls(redis, "get").await - before.0, calls(redis, "eval").await - before.1)
}

#[tokio::test]
async fn a_read_is_one_command_and_a_slide_one_script() {
    let (redis, store) = open().await;
    let key = log_in(&store, jane()).await;
    let before = redis.commands_answered().unwrap();
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, (10, 0));
    assert_eq!(redis.commands_answered().unwrap() - before, 10);

    let key = plant(&store, MINUTE * 5, MINUTE * 2).await;
    // What a script does begins with a read of its own.
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, (10 + 1, 1));
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, (10, 0));
}

#[tokio::test]
async fn a_name_that_was_not_made_here_costs_nothing() {
    let (redis, store) = open().await;
    let before = redis.commands_answered().unwrap();
    for text in ["", "k", "456-k", "{456}:x"] {
        let key: SessionKey = text.to_owned().try_into().unwrap();
        assert!(load(&store, &key).await.unwrap().is_none(), "{text:?}");
        store.delete(&key).await.unwrap();
    }
    assert_eq!(redis.commands_answered().unwrap(), before);
}

#[tokio::test]
async fn what_nobody_here_wrote_is_taken_as_ended() {
    let (redis, store) = open().await;
    let key = log_in(&store, jane()).await;
    let before = r#"{"stamp":{"version":1,"created":1700000000,"seen":1700000000},"state":{"caller":"{}"}}"#;
    let nobody_s = "[1,1700000000,1700000000]\ndraft {}";
    for value in ["", "nonsense", "{}", "\u{1f36a}", "[-1,0,0]\n_login {}", "[1,0,0]\n_login", nobody_s, before] {
        ask::<()>(&redis, &["SET", &sessions(&redis).await[0], value]).await;
        assert!(load(&store, &key).await.unwrap().is_none(), "{value:?}");
        assert!(store.list(&caller(jane())).await.unwrap().is_empty(), "{value:?}");
    }
}

fn caller(user: User) -> Caller {
    Caller { user, login: String::new(), expires_at: Timestamp::now() }
}

/// The index of a user, and what it shall say: each session, and the moment at which Redis ends it.
async fn check(redis: &Redis, user: &User, expected: usize) {
    let (index, prefix) = (format!("logins:{{{}}}", user.id), format!("session:{{{}}}:", user.id));
    let named: BTreeMap<String, i64> = ask(redis, &["ZRANGE", &index, "0", "-1", "WITHSCORES"]).await;
    let mut there = BTreeMap::new();
    for key in ask::<Vec<String>>(redis, &["KEYS", &format!("{prefix}*")]).await {
        let ends: i64 = ask(redis, &["PEXPIRETIME", &key]).await;
        there.insert(key.strip_prefix(&prefix).unwrap().to_owned(), ends);
    }
    assert_eq!((named.len(), there.len()), (expected, expected), "{named:?} {there:?}");
    assert!(named.keys().eq(there.keys()), "{named:?} {there:?}");
    for (ends, promised) in there.values().zip(named.values()) {
        assert!(ends.abs_diff(*promised) < 1000, "{named:?} {there:?}");
    }
    if let Some(last) = named.values().max() {
        let ends: i64 = ask(redis, &["PEXPIRETIME", &index]).await;
        assert!(ends.abs_diff(*last) < 1000, "the index ends at {ends}, its last member at {last}");
    }
}

#[tokio::test]
async fn the_index_follows_every_step_of_a_session() {
    let (redis, store) = open().await;
    check(&redis, &jane(), 0).await;
    let (first, second) = (log_in(&store, jane()).await, log_in(&store, jane()).await);
    let john_s = log_in(&store, john()).await;
    check(&redis, &jane(), 2).await;

    let aged = plant(&store, MINUTE * 5, MINUTE * 2).await;
    load(&store, &aged).await.unwrap().unwrap(); // Slides.
    check(&redis, &jane(), 3).await;
    let state = changed(&store, &second, "a").await;
    update(&store, &second, state).await.unwrap();
    let state = renewed(&store, &second).await;
    update(&store, &second, state).await.unwrap();
    check(&redis, &jane(), 3).await;

    let dying = plant(&store, LIMITS.absolute - MINUTE, MINUTE * 2).await;
    load(&store, &dying).await.unwrap().unwrap();
    for ended in [&aged, &first, &second] {
        store.delete(ended).await.unwrap();
    }
    check(&redis, &jane(), 1).await; // And the index ends with the one that dies soon.
    check(&redis, &john(), 1).await;
    store.delete(&john_s).await.unwrap();
    check(&redis, &john(), 0).await;
}

#[tokio::test]
async fn a_session_that_redis_dropped_is_not_listed_and_leaves_the_index() {
    let (redis, store) = open().await;
    let (evicted, _kept) = (log_in(&store, jane()).await, log_in(&store, jane()).await);
    ask::<()>(&redis, &["DEL", &format!("session:{{456}}:{}", id(&evicted).random)]).await;
    assert_eq!(store.list(&caller(jane())).await.unwrap().len(), 1);
    check(&redis, &jane(), 1).await;

    let expired = log_in(&store, jane()).await;
    ask::<()>(&redis, &["PEXPIRE", &format!("session:{{456}}:{}", id(&expired).random), "0"]).await;
    ask::<()>(&redis, &["ZADD", "logins:{456}", "1000", id(&expired).random.as_str()]).await;
    log_in(&store, jane()).await; // Drops what has expired, too.
    check(&redis, &jane(), 2).await;
}

#[tokio::test]
async fn a_lost_index_is_made_again_as_sessions_slide() {
    let (redis, store) = open().await;
    let key = plant(&store, MINUTE * 5, MINUTE * 2).await;
    ask::<()>(&redis, &["DEL", "logins:{456}"]).await;
    load(&store, &key).await.unwrap().unwrap();
    check(&redis, &jane(), 1).await;
}

#[tokio::test]
async fn ten_parallel_logins_and_logouts_leave_exactly_the_right_members() {
    let (redis, store) = open().await;
    let mut visits = JoinSet::new();
    for visit in 0..10 {
        let store = store.reconnected(); // A connection of its own.
        visits.spawn(async move {
            let key = log_in(&store, jane()).await;
            let state = renewed(&store, &key).await;
            let key = update(&store, &key, state).await.unwrap();
            if visit % 2 == 0 {
                store.delete(&key).await.unwrap();
            }
            (key.as_ref().to_owned(), visit % 2 == 1)
        });
    }
    let mut stayed: Vec<_> =
        visits.join_all().await.into_iter().filter(|(_, stays)| *stays).map(|(id, _)| id).collect();
    stayed.sort_unstable();
    check(&redis, &jane(), 5).await;
    let listed = store.backend.list(jane().id).await.unwrap();
    let mut listed: Vec<_> = listed.into_iter().map(|(id, _)| id.to_string()).collect();
    listed.sort_unstable();
    assert_eq!(listed, stayed);
}
