//! Several servers on one database: where are the promises of the store tried?

use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant};

use rig::postgres::Postgres;
use server::error::Refused;
use server::store::Store;
use shared::api::problem::Code;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub(crate) const JOHN: i64 = 123;
pub(crate) const JANE: i64 = 456;
/// Visitor `i` of the demo data has the id `VISITORS + i`.
pub(crate) const VISITORS: i64 = 1000;
/// The product of the demo data with ten pieces.
pub(crate) const SCARCE: i64 = 200;

/// An empty database of each kind, gone when this is dropped.
pub(crate) struct Databases {
    postgres: Postgres,
    folder: TempDir,
}

impl Databases {
    pub(crate) async fn start() -> Databases {
        let postgres = Postgres::start().await.unwrap_or_else(|error| panic!("{error:#}"));
        Databases { postgres, folder: TempDir::new().expect("a temporary folder") }
    }

    pub(crate) fn urls(&self) -> [String; 2] {
        [format!("sqlite://{}/a/b/shop.db", self.folder.path().display()), self.postgres.url()]
    }
}

/// Servers that share a database, as the replicas of a fleet do.
pub(crate) struct Fleet {
    pub(crate) url: String,
    pub(crate) stores: Vec<Store>,
}

/// Tries a promise on both databases, filled with demo data and a hundred visitors.
pub(crate) async fn everywhere(promise: impl AsyncFn(Fleet)) {
    let databases = Databases::start().await;
    for url in databases.urls() {
        println!("on {url}");
        let mut stores = Vec::new();
        for _ in 0..4 {
            stores.push(Store::open(&url).await.expect("the database opens"));
        }
        stores[0].add_demo_data(100).await.expect("the demo data fits");
        promise(Fleet { url, stores }).await;
    }
}

impl Fleet {
    pub(crate) fn store(&self) -> &Store {
        &self.stores[0]
    }

    /// Sends this many requests at once, spread over the servers, and returns the answers in the order of the requests.
    pub(crate) async fn all_at_once<T, F>(&self, requests: usize, ask: impl Fn(Store, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let ask = |request: usize| tokio::spawn(ask(self.stores[request % self.stores.len()].clone(), request));
        let under_way: Vec<_> = (0..requests).map(ask).collect();
        let mut answers = Vec::new();
        for answer in under_way {
            answers.push(answer.await.expect("no request panics"));
        }
        answers
    }

    pub(crate) async fn stock(&self, product: i64) -> i64 {
        self.store().product(product).await.expect("an answer").expect("the product is there").stock
    }
}

/// Does what a client does that is told to come back: repeats the request, with the same key.
pub(crate) async fn insisting<T, F: Future<Output = Result<T, Refused>>>(ask: impl Fn() -> F) -> Result<T, Refused> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match ask().await {
            Err(refused) if come_back(&refused) && Instant::now() < deadline => {}
            answer => return answer,
        }
    }
}

fn come_back(refused: &Refused) -> bool {
    matches!(refused.code, Code::StoreUnavailable | Code::IdempotencyInFlight)
}

#[track_caller]
pub(crate) fn refused<T: Debug>(answer: Result<T, Refused>, code: Code) {
    match answer {
        Err(refused) => assert_eq!(refused.code, code),
        Ok(answer) => panic!("{answer:?} instead of {code:?}"),
    }
}

/// How many rows a statement returns that comes past the store.
pub(crate) async fn rows(url: &str, sql: &'static str) -> usize {
    if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.expect("a connection");
        sqlx::query(sql).fetch_all(&mut connection).await.expect("rows").len()
    } else {
        let mut connection = PgConnection::connect(url).await.expect("a connection");
        sqlx::query(sql).fetch_all(&mut connection).await.expect("rows").len()
    }
}
