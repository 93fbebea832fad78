//! Sessions in SQL, tested: what is the database asked, and what if another writes to it, or it is gone?

use actix_web::App;
use actix_web::http::header::HeaderValue;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{Data, Path, get};
use server::health::Health;
use server::store::Store;
use server::telemetry::{Telemetry, around};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::time::Instant;

use super::*;

/// As [`update`], of a renewal.
async fn renew(store: &SessionStore, key: &SessionKey) -> SessionKey {
    let state = renewed(store, key).await;
    update(store, key, state).await.unwrap()
}

pub(super) async fn open() -> [Kept; 2] {
    let (folder, server) = (TempDir::new().unwrap(), Postgres::start().await.unwrap());
    let sqlite = in_database(&format!("sqlite://{}/shop.db", folder.path().display())).await;
    let postgres = in_database(&server.url()).await;
    [
        Kept { store: sqlite, behind: Behind::Sqlite { folder } },
        Kept { store: postgres, behind: Behind::Postgres { server } },
    ]
}

async fn in_database(url: &str) -> SessionStore {
    let database = Store::open(url).await.unwrap();
    database.add_demo_data(0).await.unwrap(); // Else there is no Jane, and nobody has a session who is not there.
    SessionStore::in_sql(&database, LIMITS)
}

/// Does what the path names to the session that it names.
async fn act(path: Path<(String, String)>, store: Data<SessionStore>) -> String {
    let (deed, key) = path.into_inner();
    let key = key.try_into().unwrap();
    match &*deed {
        "read" => drop(load(&store, &key).await.unwrap()),
        "log-in" => drop(log_in(&store, jane()).await),
        "renew" => drop(renew(&store, &key).await),
        "log-out" => store.delete(&key).await.unwrap(),
        deed => panic!("{deed}"),
    }
    deed
}

/// How often the server says that it asked: for sessions, and the database.
fn calls(telemetry: &Telemetry) -> [u64; 2] {
    let page = telemetry.render();
    ["state_calls_total ", "sql_calls_total "].map(|name| {
        let figure = page.lines().find_map(|line| line.strip_prefix(name));
        figure.unwrap().parse().unwrap()
    })
}

#[tokio::test]
async fn each_statement_is_a_call_to_the_store() {
    for Kept { store, behind: _behind } in open().await {
        let (fresh, sliding) = (log_in(&store, jane()).await, plant(&store, MINUTE * 5, MINUTE * 2).await);
        let nobody_s = Id::fresh(jane().id).key();
        let telemetry = Telemetry::new("here", HeaderValue::from_static("Test"));
        let app = App::new().app_data(Data::new(store)).route("/{deed}/{key}", get().to(act));
        let app = init_service(app.wrap(around(&telemetry, &Health::default()))).await;
        let mut before = calls(&telemetry);
        let reads = [("read", &fresh, 1), ("read", &fresh, 1), ("read", &sliding, 2), ("read", &sliding, 1)];
        // One row in, and those out that have ended; a transaction of two statements; one of a row and its successor's.
        let others =
            [("read", &nobody_s, 1), ("log-in", &fresh, 2), ("renew", &fresh, 1 + 4 + 1), ("log-out", &fresh, 4)];
        for (deed, key, expected) in reads.into_iter().chain(others) {
            let request = TestRequest::get().uri(&format!("/{deed}/{}", key.as_ref())).to_request();
            let answer = call_service(&app, request).await;
            let timing = answer.headers().get("server-timing").unwrap().to_str().unwrap();
            assert!(!timing.contains("state;dur=0.000") && !timing.contains("sql;dur=0.000"), "{timing}");
            let now = calls(&telemetry);
            assert_eq!([now[0] - before[0], now[1] - before[1]], [expected; 2], "{deed}");
            before = now;
        }
    }
}

/// A writer that does not go on, in the database of a store.
async fn locked(behind: &Behind, statement: &str) -> Box<dyn std::any::Any> {
    match behind {
        Behind::Sqlite { folder } => {
            let url = format!("sqlite://{}/shop.db", folder.path().display());
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
            Box::new(connection)
        }
        Behind::Postgres { server } => {
            let mut connection = PgConnection::connect(&server.url()).await.unwrap();
            sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
            Box::new(connection)
        }
        _ => panic!("no database"),
    }
}

#[tokio::test]
async fn a_read_does_not_wait_for_another_writer_though_its_limit_shall_slide() {
    for Kept { store, behind } in open().await {
        let key = plant(&store, MINUTE * 5, MINUTE * 2).await;
        let writer = locked(&behind, "SELECT * FROM sessions FOR UPDATE").await;
        let asked = Instant::now();
        assert!(load(&store, &key).await.unwrap().is_some());
        assert!(asked.elapsed() < Duration::from_millis(700), "{:?}", asked.elapsed());
        drop(writer);
    }
}

/// The row that leads to the successor must not be gone before the successor is.
#[tokio::test]
async fn a_logout_that_fails_half_way_can_be_repeated() {
    for Kept { store, behind } in open().await {
        let first = log_in(&store, jane()).await;
        let last = renew(&store, &first).await;
        let held = format!("SELECT * FROM sessions WHERE id = '{}' FOR UPDATE", id(&last).random.as_str());
        let writer = locked(&behind, &held).await;
        assert!(store.delete(&first).await.is_err());
        drop(writer);
        let asked = Instant::now();
        while store.delete(&first).await.is_err() {
            assert!(asked.elapsed() < MINUTE, "the database does not notice that the other one is gone");
        }
        assert!(load(&store, &last).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn without_its_database_a_session_is_refused_in_time_and_not_ended() {
    let [_, Kept { store, behind }] = open().await;
    let key = log_in(&store, jane()).await;
    drop(behind);
    let asked = Instant::now();
    assert!(matches!(load(&store, &key).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.delete(&key).await.unwrap_err().downcast_ref(), Some(StoreError::Unavailable(_))));
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
}

/// A future has room for the largest of its ways, and is copied: with a renewal's transaction in it, a request whose session is
/// in Redis took twice the instructions.
#[tokio::test]
async fn no_request_carries_the_room_that_a_transaction_needs() {
    let (store, key) = (SessionStore::in_memory(LIMITS), Id::fresh(jane().id).key());
    let [load, end] = [size_of_val(&store.load(&key)), size_of_val(&store.delete(&key))];
    assert!(load < 8192 && end < 8192, "{load} and {end} bytes");
}

/// A chain of rows, each of which names the next, is ended from its first.
#[tokio::test]
async fn a_logout_follows_a_session_that_was_renewed_again_and_again() {
    for Kept { store, behind: _behind } in open().await {
        let first = log_in(&store, jane()).await;
        let mut last = again(&first);
        for _ in 0..5 {
            last = renew(&store, &last).await;
        }
        assert_eq!(store.backend.list(jane().id).await.unwrap().len(), 1);
        store.delete(&first).await.unwrap();
        assert!(load(&store, &last).await.unwrap().is_none());
    }
}
