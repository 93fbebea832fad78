//! Sessions in SQL, counted: what does a request ask the database?

use actix_web::App;
use actix_web::http::header::HeaderValue;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{Data, Path, get};
use server::health::Health;
use server::store::Store;
use server::telemetry::{Telemetry, around};

use super::*;

pub(super) async fn open() -> [Kept; 2] {
    let (folder, server) = (TempDir::new().unwrap(), Postgres::start().await.unwrap());
    let sqlite = in_database(&format!("sqlite://{}/shop.db", folder.path().display())).await;
    let postgres = in_database(&server.url()).await;
    [
        Kept { store: sqlite, behind: Behind::Sqlite { _folder: folder } },
        Kept { store: postgres, behind: Behind::Postgres { _server: server } },
    ]
}

async fn in_database(url: &str) -> SessionStore {
    let database = Store::open(url).await.unwrap();
    database.add_demo_data(0).await.unwrap(); // Else there is no Jane, and nobody has a session who is not there.
    SessionStore::in_sql(&database, LIMITS)
}

async fn read(key: Path<String>, store: Data<SessionStore>) -> String {
    let key = key.into_inner().try_into().unwrap();
    format!("{}", load(&store, &key).await.unwrap().is_some())
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
async fn a_read_is_one_statement_and_a_slide_one_more() {
    for Kept { store, behind: _behind } in open().await {
        let (fresh, sliding) = (log_in(&store, jane()).await, plant(&store, MINUTE * 5, MINUTE * 2).await);
        let nobody_s = Id::fresh(jane().id).key();
        let telemetry = Telemetry::new("here", HeaderValue::from_static("Test"));
        let app = App::new().app_data(Data::new(store)).route("/{key}", get().to(read));
        let app = init_service(app.wrap(around(&telemetry, &Health::default()))).await;
        let mut before = calls(&telemetry);
        for (key, expected) in [(&fresh, 1), (&fresh, 1), (&sliding, 2), (&sliding, 1), (&nobody_s, 1)] {
            let request = TestRequest::get().uri(&format!("/{}", key.as_ref())).to_request();
            let answer = call_service(&app, request).await;
            let timing = answer.headers().get("server-timing").unwrap().to_str().unwrap();
            assert!(!timing.contains("state;dur=0.000") && !timing.contains("sql;dur=0.000"), "{timing}");
            let now = calls(&telemetry);
            assert_eq!([now[0] - before[0], now[1] - before[1]], [expected; 2]);
            before = now;
        }
    }
}

/// An end that waits for a renewal in the database, and finds the row of a session that is no more.
#[tokio::test]
async fn a_logout_follows_a_session_that_was_renewed_again_and_again() {
    for Kept { store, behind: _behind } in open().await {
        let first = log_in(&store, jane()).await;
        let mut last = again(&first);
        for _ in 0..5 {
            let state = renewed(&store, &last).await;
            last = update(&store, &last, state).await.unwrap();
        }
        assert_eq!(store.backend.list(jane().id).await.unwrap().len(), 1);
        store.delete(&first).await.unwrap();
        assert!(load(&store, &last).await.unwrap().is_none());
    }
}
