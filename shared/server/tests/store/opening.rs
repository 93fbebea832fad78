//! Opening a database: can servers start together on one that is new, filled or not there at all?

use std::time::{Duration, Instant};

use server::store::Store;
use shared::api::shop::PlaceOrder;

use crate::fleet::{Databases, Fleet, JANE, SCARCE, everywhere};

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_that_start_at_once_make_one_database() {
    let databases = Databases::start().await;
    for url in databases.urls() {
        let open = |url: String| async move {
            let store = Store::open(&url).await?;
            store.add_demo_data(10).await?;
            store.ready().await?;
            anyhow::Ok(())
        };
        let starting: Vec<_> = (0..4).map(|_| tokio::spawn(open(url.clone()))).collect();
        for started in starting {
            started.await.expect("no panic").unwrap_or_else(|error| panic!("{url}: {error:#}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_data_twice_is_harmless_and_grows_with_the_visitors() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        let before = store.products(100, Some(100)).await.expect("a page");
        let all = PlaceOrder { product_id: SCARCE, quantity: 10, user_id: None };
        store.place_order(JANE, &all, None).await.expect("an order");
        for visitors in [0, 100, 101] {
            store.add_demo_data(visitors).await.expect("no harm");
        }
        assert_eq!(before.items.len(), 100);
        assert_eq!(before.next, None);
        assert_eq!(fleet.stock(SCARCE).await, 0);
        assert!(store.attempt("visitor-101", 0, 1).await.expect("an answer").user.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_visitors_take_seconds() {
    everywhere(async |fleet: Fleet| {
        let start = Instant::now();
        fleet.store().add_demo_data(100_000).await.expect("they fit");
        let took = start.elapsed();
        println!("{took:?}");
        assert!(took < Duration::from_secs(20), "{took:?}");
        assert!(fleet.store().attempt("visitor-100000", 0, 1).await.expect("an answer").user.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_database_that_cannot_be_is_a_sentence_that_names_the_setting() {
    for url in ["mysql://root:hidden@localhost/shop", "nonsense", "sqlite::memory:", "sqlite:///proc/shop.db"] {
        let error = Store::open(url).await.map(drop).expect_err("no such database");
        let said = format!("{error:#}");
        assert!(said.contains("--database-url") && !said.contains("hidden"), "{said}");
    }
}
