//! Stuck transactions: what if a transaction never lets go?

use std::time::{Duration, Instant};

use shared::api::problem::Code;
use shared::api::shop::PlaceOrder;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::fleet::{Fleet, JANE, JOHN, everywhere, refused};

const ORDER: PlaceOrder = PlaceOrder { product_id: 1, quantity: 1, user_id: None };

/// A connection that has begun to write and does not go on.
enum Stuck {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Leaves a half-done order of Jane's with the key `stuck`.
async fn stuck(url: &str) -> Stuck {
    const HALF_DONE: &str =
        "INSERT INTO orders (user_id, product_id, quantity, unit_price_cents, created_at_ms, idempotency_key)
        VALUES (456, 1, 1, 0, 0, 'stuck'); UPDATE products SET stock = stock - 1 WHERE id = 1";
    if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.expect("a connection");
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.expect("a transaction");
        sqlx::raw_sql(HALF_DONE).execute(&mut connection).await.expect("half an order");
        return Stuck::Sqlite(connection);
    }
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::raw_sql("BEGIN").execute(&mut connection).await.expect("a transaction");
    sqlx::raw_sql(HALF_DONE).execute(&mut connection).await.expect("half an order");
    Stuck::Postgres(connection)
}

impl Stuck {
    /// As when the process dies: nothing of the half-done order stays.
    async fn killed(self) {
        match self {
            Stuck::Sqlite(connection) => connection.close_hard().await.expect("an end"),
            Stuck::Postgres(connection) => connection.close_hard().await.expect("an end"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_stuck_order_is_refused_in_time_and_served_after_it_died() {
    everywhere(async |fleet: Fleet| {
        let stuck = stuck(&fleet.url).await;
        let start = Instant::now();
        let (twin, other) = tokio::join!(
            fleet.stores[0].place_order(JANE, &ORDER, Some("stuck")),
            fleet.stores[1].place_order(JOHN, &ORDER, None)
        );
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        // SQLite cannot tell a twin from any other writer.
        let expected = if fleet.url.starts_with("sqlite") { Code::StoreUnavailable } else { Code::IdempotencyInFlight };
        refused(twin, expected);
        refused(other, Code::StoreUnavailable);
        fleet.store().ready().await.expect("reading needs no lock");

        stuck.killed().await;
        fleet.store().place_order(JANE, &ORDER, Some("stuck")).await.expect("the key is free again");
        assert_eq!(fleet.stock(1).await, 1_000_000 - 1);
    })
    .await;
}
