//! Session store, tested: does a session keep what was put in, and stay ended once it has ended, wherever it is kept?

mod index;
mod logins;
mod memory;
mod near;
mod outages;
mod requests;
mod sql;

use std::collections::HashSet;
use std::time::Duration;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore as _, UpdateError};
use actix_web::cookie::time;
use jiff::Timestamp;
use redis::FromRedisValue;
use rig::postgres::Postgres;
use rig::redis::{Options, Redis};
use shared::api::account::{Role, User};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::id::Id;
use super::stored::{self, Login, RENEW, Stamp, State, Stored};
use super::{Limits, SessionStore, StoreError};

const MINUTE: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits { idle: MINUTE.saturating_mul(30), absolute: MINUTE.saturating_mul(720) };

/// The lifetime that the middleware passes and the store does not use.
const UNUSED: time::Duration = time::Duration::DAY;

/// A store, and what is behind it.
struct Kept {
    store: SessionStore,
    behind: Behind,
}

enum Behind {
    Redis(Redis),
    Process,
    Sqlite { folder: TempDir },
    Postgres { server: Postgres },
}

async fn open() -> (Redis, SessionStore) {
    let redis = Redis::start(Options::default()).await.unwrap();
    let store = SessionStore::in_redis(&redis.url(), LIMITS).unwrap();
    store.ready().await.unwrap();
    (redis, store)
}

/// Every promise is made of each of them.
async fn everywhere() -> [Kept; 4] {
    let (redis, store) = open().await;
    let [sqlite, postgres] = sql::open().await;
    [
        Kept { store, behind: Behind::Redis(redis) },
        Kept { store: SessionStore::in_memory(LIMITS), behind: Behind::Process },
        sqlite,
        postgres,
    ]
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

fn jane() -> User {
    User { id: 456, username: "jane".into(), roles: vec![Role::User] }
}

fn john() -> User {
    User { id: 123, username: "john".into(), roles: vec![Role::User, Role::Admin] }
}

async fn log_in(store: &SessionStore, user: User) -> SessionKey {
    store.begin(&Login::fresh(user, None)).await.unwrap().0.key()
}

/// A session that was created and last seen so long ago, and is there all the same.
async fn plant(store: &SessionStore, created: Duration, seen: Duration) -> SessionKey {
    let now = Timestamp::now();
    let stamp = Stamp { created: now - created, seen: now - seen, ..Stamp::fresh() };
    let login = Login::fresh(jane(), None);
    let stored = Stored { stamp, state: State::from([login.entry(), ("a".into(), "1".into())]) };
    let id = Id::fresh(jane().id);
    store.backend.begin(&id, &stored, now + MINUTE * 60).await.unwrap();
    id.key()
}

/// Seconds until this session ends, by what is kept of it.
async fn seconds_left(store: &SessionStore, key: &SessionKey) -> i64 {
    let stored = store.backend.read(&id(key)).await.unwrap().unwrap();
    stored.stamp.end(&LIMITS).duration_since(Timestamp::now()).as_secs()
}

fn id(key: &SessionKey) -> Id {
    Id::parse(key.as_ref()).unwrap()
}

fn again(key: &SessionKey) -> SessionKey {
    key.as_ref().to_owned().try_into().unwrap()
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

impl Kept {
    /// # Panics
    /// Something is kept of this user that should have ended.
    async fn holds_nothing_of(&self, user: &User, when: &str) {
        assert_eq!(self.store.backend.list(user.id).await.unwrap(), [], "{when}");
        if let Behind::Redis(redis) = &self.behind {
            assert_eq!(sessions(redis).await, [""; 0], "{when}");
            assert_eq!(ask::<Vec<String>>(redis, &["KEYS", "logins:*"]).await, [""; 0], "{when}");
        }
    }
}

#[tokio::test]
async fn the_idle_limit_slides_at_most_once_a_minute() {
    for Kept { store, behind: _behind } in everywhere().await {
        let key = plant(&store, MINUTE * 5, MINUTE / 2).await;
        load(&store, &key).await.unwrap().unwrap();
        assert!((1765..=1770).contains(&seconds_left(&store, &key).await), "slid too soon");
        let key = plant(&store, MINUTE * 5, MINUTE * 2).await;
        load(&store, &key).await.unwrap().unwrap();
        assert!((1795..=1800).contains(&seconds_left(&store, &key).await), "not slid");
    }
}

#[tokio::test]
async fn nothing_lives_beyond_the_absolute_limit() {
    for Kept { store, behind: _behind } in everywhere().await {
        let old = plant(&store, LIMITS.absolute, Duration::ZERO).await;
        assert!(load(&store, &old).await.unwrap().is_none());

        let aging = plant(&store, LIMITS.absolute - MINUTE, MINUTE * 2).await;
        let state = renewed(&store, &aging).await;
        assert!(seconds_left(&store, &aging).await <= 60, "slid too far");
        let renewed = update(&store, &aging, state).await.unwrap();
        assert!(seconds_left(&store, &renewed).await <= 60, "renewed too far");
    }
}

#[tokio::test]
async fn an_idle_session_ends() {
    for Kept { store, behind: _behind } in everywhere().await {
        let key = plant(&store, LIMITS.idle * 2, LIMITS.idle).await;
        assert!(load(&store, &key).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn of_two_writes_at_once_the_later_conflicts() {
    for Kept { store, behind: _behind } in everywhere().await {
        let key = plant(&store, MINUTE, Duration::ZERO).await;
        let (one, two) = (changed(&store, &key, "one").await, changed(&store, &key, "two").await);
        assert_eq!(update(&store, &key, one.clone()).await.unwrap(), key);
        assert!(matches!(update(&store, &key, two).await, Err(StoreError::Conflict)));
        let kept = load(&store, &key).await.unwrap().unwrap();
        assert!(kept.contains_key("a") && kept.contains_key("one") && !kept.contains_key("two"));
    }
}

#[tokio::test]
async fn of_ten_parallel_writes_none_is_lost_silently() {
    for Kept { store, behind: _behind } in everywhere().await {
        let key = log_in(&store, jane()).await;
        let mut writers = JoinSet::new();
        for writer in 0..10 {
            let (store, key, entry) = (store.reconnected(), again(&key), writer.to_string());
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
}

#[tokio::test]
async fn an_ended_session_never_comes_back() {
    for kept in everywhere().await {
        let store = &kept.store;
        let key = log_in(store, jane()).await;
        let (write, renewal) = (changed(store, &key, "late").await, renewed(store, &key).await);
        store.delete(&key).await.unwrap();
        store.delete(&key).await.unwrap();
        assert!(matches!(update(store, &key, write.clone()).await, Err(StoreError::Ended)));
        assert!(matches!(update(store, &key, renewal).await, Err(StoreError::Ended)));
        assert!(matches!(save(store, write).await, Err(StoreError::Ended)), "as after `Session::renew`");
        assert!(matches!(save(store, State::from([("a".into(), "1".into())])).await, Err(StoreError::Ended)));
        kept.holds_nothing_of(&jane(), "after the logout").await;
    }
}

#[tokio::test]
async fn no_session_survives_its_logout_in_300_races() {
    for kept in everywhere().await {
        let store = &kept.store;
        let (writer, renewer) = (store.reconnected(), store.reconnected());
        for race in 0..300 {
            let key = log_in(store, jane()).await;
            let (write, renewal) = (changed(store, &key, "late").await, renewed(store, &key).await);
            // The order in which they set out; in Redis each has a connection of its own, in SQL the database sees to the rest.
            let delete = async { store.delete(&key).await.unwrap() };
            let write = async { drop(update(&writer, &key, write).await) };
            let renew = async { drop(update(&renewer, &key, renewal).await) };
            match race % 3 {
                0 => drop(tokio::join!(biased; delete, write, renew)),
                1 => drop(tokio::join!(biased; write, renew, delete)),
                _ => drop(tokio::join!(biased; renew, delete, write)),
            }
            kept.holds_nothing_of(&jane(), &format!("race {race}")).await;
        }
    }
}

#[tokio::test]
async fn a_renewed_session_has_a_new_id_and_the_old_one_is_gone() {
    for Kept { store, behind: _behind } in everywhere().await {
        let key = plant(&store, MINUTE * 5, Duration::ZERO).await;
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
}

#[test]
fn a_bad_url_is_a_sentence_that_names_the_setting() {
    for url in ["", "nonsense", "http://127.0.0.1", "redis://127.0.0.1:port"] {
        let error = SessionStore::in_redis(url, LIMITS).err().unwrap();
        assert!(format!("{error:#}").contains("--redis-url"), "{error:#}");
    }
}
