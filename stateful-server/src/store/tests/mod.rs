//! Does a session keep what was put in, and stay ended once it has ended?

mod outages;
mod requests;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore as _, UpdateError};
use actix_web::cookie::time;
use jiff::Timestamp;
use redis::FromRedisValue;
use shared::rig::redis::{Options, Redis};
use tokio::task::JoinSet;

use super::stored::{RENEW, State};
use super::{Limits, SessionStore, StoreError};

const MINUTE: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits { idle: MINUTE.saturating_mul(30), absolute: MINUTE.saturating_mul(720) };

/// The lifetime that the middleware passes and the store does not use.
const UNUSED: time::Duration = time::Duration::DAY;

async fn open() -> (Redis, SessionStore) {
    let redis = Redis::start(Options::default()).await.unwrap();
    let store = SessionStore::open(&redis.url(), LIMITS).unwrap();
    store.ready().await.unwrap();
    (redis, store)
}

/// Asks Redis past the store.
async fn ask<T: FromRedisValue>(redis: &Redis, words: &[&str]) -> T {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd(words[0]).arg(&words[1..]).query_async(&mut connection).await.unwrap()
}

async fn sessions(redis: &Redis) -> Vec<String> {
    ask(redis, &["KEYS", "session:*"]).await
}

async fn milliseconds_left(redis: &Redis, id: &str) -> i64 {
    ask(redis, &["PTTL", &format!("session:{id}")]).await
}

/// How many commands ten reads of a session cost.
async fn cost_of_ten_reads(redis: &Redis, store: &SessionStore, key: &SessionKey) -> u64 {
    let before = redis.commands_answered().unwrap();
    for _ in 0..10 {
        load(store, key).await.unwrap().unwrap();
    }
    redis.commands_answered().unwrap() - before
}

fn holding(name: &str) -> State {
    HashMap::from([(name.into(), "true".into())])
}

fn key(id: &str) -> SessionKey {
    id.to_owned().try_into().unwrap()
}

fn again(key: &SessionKey) -> SessionKey {
    self::key(key.as_ref())
}

async fn save(store: &SessionStore, state: State) -> Result<SessionKey, StoreError> {
    store.save(state, &UNUSED).await.map_err(|error| match error {
        SaveError::Other(error) | SaveError::Serialization(error) => error.downcast().unwrap(),
    })
}

async fn load(store: &SessionStore, key: &SessionKey) -> Result<Option<State>, StoreError> {
    store.load(key).await.map_err(|error| match error {
        LoadError::Other(error) | LoadError::Deserialization(error) => error.downcast().unwrap(),
    })
}

async fn update(store: &SessionStore, key: &SessionKey, state: State) -> Result<SessionKey, StoreError> {
    store.update(again(key), state, &UNUSED).await.map_err(|error| match error {
        UpdateError::Other(error) | UpdateError::Serialization(error) => error.downcast().unwrap(),
    })
}

/// A session as a request has it in hand: loaded, and changed in one entry.
async fn changed(store: &SessionStore, key: &SessionKey, entry: &str) -> State {
    let mut state = load(store, key).await.unwrap().unwrap();
    state.insert(entry.into(), "true".into());
    state
}

async fn renewed(store: &SessionStore, key: &SessionKey) -> State {
    changed(store, key, RENEW).await
}

/// Puts a session into Redis that was created and last seen so long ago.
async fn plant(redis: &Redis, id: &str, created: Duration, seen: Duration) -> SessionKey {
    let now = Timestamp::now().as_second();
    let (created, seen) = (now - created.as_secs() as i64, now - seen.as_secs() as i64);
    let value = format!(r#"{{"stamp":{{"version":1,"created":{created},"seen":{seen}}},"state":{{"a":"1"}}}}"#);
    ask::<()>(redis, &["SET", &format!("session:{id}"), &value]).await;
    key(id)
}

#[tokio::test]
async fn a_read_is_one_command() {
    let (redis, store) = open().await;
    let key = save(&store, holding("a")).await.unwrap();
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, 10);
    assert_eq!(load(&store, &key).await.unwrap().unwrap()["a"], "true");
}

#[tokio::test]
async fn the_idle_limit_slides_at_most_once_a_minute() {
    let (redis, store) = open().await;
    let key = plant(&redis, "k", MINUTE * 5, MINUTE * 2).await;
    // The first of them sends a script as well, and that reads and writes.
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, 10 + 3);
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, 10);
    let left = milliseconds_left(&redis, "k").await;
    assert!((1_790_000..=1_800_000).contains(&left), "{left}");
}

#[tokio::test]
async fn nothing_lives_beyond_the_absolute_limit() {
    let (redis, store) = open().await;
    let old = plant(&redis, "old", LIMITS.absolute, Duration::ZERO).await;
    assert!(load(&store, &old).await.unwrap().is_none());

    let aging = plant(&redis, "aging", LIMITS.absolute - MINUTE, MINUTE * 2).await;
    let state = renewed(&store, &aging).await;
    assert!(milliseconds_left(&redis, "aging").await <= 60_000, "slid too far");
    let renewed = update(&store, &aging, state).await.unwrap();
    assert!(milliseconds_left(&redis, renewed.as_ref()).await <= 60_000, "renewed too far");
}

#[tokio::test]
async fn an_idle_session_ends() {
    let (redis, store) = open().await;
    let key = plant(&redis, "k", LIMITS.idle * 2, LIMITS.idle).await;
    assert!(load(&store, &key).await.unwrap().is_none());
}

#[tokio::test]
async fn what_nobody_here_wrote_is_taken_as_ended() {
    let (redis, store) = open().await;
    for value in ["", "nonsense", "{}", "\u{1f36a}", r#"{"stamp":{"version":-1}}"#] {
        ask::<()>(&redis, &["SET", "session:k", value]).await;
        assert!(load(&store, &key("k")).await.unwrap().is_none(), "{value:?}");
    }
}

#[tokio::test]
async fn of_two_writes_at_once_the_later_conflicts() {
    let (_redis, store) = open().await;
    let key = save(&store, holding("a")).await.unwrap();
    let (one, two) = (changed(&store, &key, "one").await, changed(&store, &key, "two").await);
    assert_eq!(update(&store, &key, one).await.unwrap(), key);
    assert!(matches!(update(&store, &key, two).await, Err(StoreError::Conflict)));
    let kept = load(&store, &key).await.unwrap().unwrap();
    assert!(kept.contains_key("a") && kept.contains_key("one") && !kept.contains_key("two"));
}

#[tokio::test]
async fn of_ten_parallel_writes_none_is_lost_silently() {
    let (_redis, store) = open().await;
    let key = save(&store, State::new()).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..10 {
        let (store, key, entry) = (store.clone(), again(&key), writer.to_string());
        writers.spawn(async move {
            let state = changed(&store, &key, &entry).await;
            match update(&store, &key, state).await {
                Ok(_) => Some(entry),
                Err(StoreError::Conflict) => None,
                Err(other) => panic!("{other}"),
            }
        });
    }
    let told_kept: HashSet<String> = writers.join_all().await.into_iter().flatten().collect();
    let state = load(&store, &key).await.unwrap().unwrap();
    let kept: HashSet<String> = state.into_keys().filter(|entry| !entry.starts_with('_')).collect();
    assert!(!kept.is_empty());
    assert_eq!(kept, told_kept);
}

#[tokio::test]
async fn an_ended_session_never_comes_back() {
    let (redis, store) = open().await;
    let key = save(&store, holding("a")).await.unwrap();
    let (write, renewal) = (changed(&store, &key, "late").await, renewed(&store, &key).await);
    store.delete(&key).await.unwrap();
    store.delete(&key).await.unwrap();
    assert!(matches!(update(&store, &key, write.clone()).await, Err(StoreError::Ended)));
    assert!(matches!(update(&store, &key, renewal).await, Err(StoreError::Ended)));
    assert!(matches!(save(&store, write).await, Err(StoreError::Ended)), "as after `Session::renew`");
    assert!(sessions(&redis).await.is_empty());
}

#[tokio::test]
async fn no_session_survives_its_logout_in_300_races() {
    let (redis, store) = open().await;
    let (writer, renewer) = (store.clone(), store.clone());
    for race in 0..300 {
        let key = save(&store, holding("a")).await.unwrap();
        let (write, renewal) = (changed(&store, &key, "late").await, renewed(&store, &key).await);
        // The order in which they set out; the connections, one each, see to the rest.
        let delete = async { store.delete(&key).await.unwrap() };
        let write = async { drop(update(&writer, &key, write).await) };
        let renew = async { drop(update(&renewer, &key, renewal).await) };
        match race % 3 {
            0 => drop(tokio::join!(biased; delete, write, renew)),
            1 => drop(tokio::join!(biased; write, renew, delete)),
            _ => drop(tokio::join!(biased; renew, delete, write)),
        }
        assert!(sessions(&redis).await.is_empty(), "race {race}");
    }
}

#[tokio::test]
async fn a_renewed_session_has_a_new_id_and_the_old_one_is_gone() {
    let (redis, store) = open().await;
    let key = plant(&redis, "k", MINUTE * 5, Duration::ZERO).await;
    let (state, rival, late) =
        (renewed(&store, &key).await, renewed(&store, &key).await, changed(&store, &key, "late").await);
    let successor = update(&store, &key, state).await.unwrap();
    assert_ne!(successor, key);
    assert!(load(&store, &key).await.unwrap().is_none());
    assert_eq!(load(&store, &successor).await.unwrap().unwrap()["a"], "1");
    assert!(matches!(update(&store, &key, rival).await, Err(StoreError::Conflict)));
    assert!(matches!(update(&store, &key, late).await, Err(StoreError::Conflict)));

    store.delete(&key).await.unwrap();
    assert!(load(&store, &successor).await.unwrap().is_none(), "a logout with the old id reaches the new one");
}

#[tokio::test]
async fn a_cleared_session_begins_anew() {
    let (redis, store) = open().await;
    let key = plant(&redis, "k", MINUTE * 5, Duration::ZERO).await;
    let fresh = update(&store, &key, holding("b")).await.unwrap();
    assert_ne!(fresh, key);
    assert_eq!(sessions(&redis).await, [format!("session:{}", fresh.as_ref())]);
    assert!(!load(&store, &fresh).await.unwrap().unwrap().contains_key("a"));
}

#[test]
fn a_bad_url_is_a_sentence_that_names_the_setting() {
    for url in ["", "nonsense", "http://127.0.0.1", "redis://127.0.0.1:port"] {
        let error = SessionStore::open(url, LIMITS).err().unwrap();
        assert!(format!("{error:#}").contains("--redis-url"), "{error:#}");
    }
}
