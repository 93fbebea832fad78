//! Near cache in the store: which requests are answered from it, and which are not?

use actix_web::http::Method;

use super::index::cost_of_ten_reads;
use super::*;
use crate::store::near::pass_by;

async fn open_near() -> (Redis, SessionStore) {
    let redis = Redis::start(Options::default()).await.unwrap();
    let store = SessionStore::near_redis(&redis.url(), LIMITS).unwrap();
    store.ready().await.unwrap();
    (redis, store)
}

#[tokio::test]
async fn an_unchanged_session_is_read_once_and_whoever_may_change_it_reads_it_each_time() {
    let (redis, store) = open_near().await;
    let key = log_in(&store, john()).await;
    cost_of_ten_reads(&redis, &store, &key).await; // A new connection begins with nothing: what was asked before it is forgotten.
    assert_eq!(cost_of_ten_reads(&redis, &store, &key).await, (0, 0));
    for (method, cost) in
        [(Method::GET, 0), (Method::HEAD, 0), (Method::PUT, 10), (Method::POST, 10), (Method::DELETE, 10)]
    {
        let reads = cost_of_ten_reads(&redis, &store, &key);
        assert_eq!(pass_by(&method, reads).await, (cost, 0), "{method}");
    }
}

/// Two workers, each with a cache of its own; the client's next request goes to the other one.
#[tokio::test]
async fn no_step_is_lost_between_two_workers() {
    let (_redis, store) = open_near().await;
    let other = store.reconnected();
    let key = log_in(&store, john()).await;
    load(&other, &key).await.unwrap().unwrap(); // It has it from now on.
    for step in 0..200 {
        let (writer, next) = if step % 2 == 0 { (&store, &other) } else { (&other, &store) };
        let entry = format!("step-{step}");
        let change = async { update(writer, &key, changed(writer, &key, &entry).await).await.unwrap() };
        assert_eq!(pass_by(&Method::PUT, change).await, key);
        let seen = pass_by(&Method::PUT, load(next, &key)).await.unwrap().unwrap();
        assert!(seen.contains_key(&entry), "{entry}");
    }
}
