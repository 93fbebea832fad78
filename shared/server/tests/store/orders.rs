//! Orders in SQL: is nothing sold twice, and nothing sold that is not there?

use shared::api::problem::Code;
use shared::api::shop::PlaceOrder;

use crate::fleet::{Fleet, JANE, JOHN, SCARCE, VISITORS, everywhere, insisting, refused};

const ONE_OF_TEN: PlaceOrder = PlaceOrder { product_id: SCARCE, quantity: 1, user_id: None };
const ALL_OF_TEN: PlaceOrder = PlaceOrder { product_id: SCARCE, quantity: 10, user_id: None };

fn order(product_id: i64, quantity: i64) -> PlaceOrder {
    PlaceOrder { product_id, quantity, user_id: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_ten_pieces_get_ten() {
    everywhere(async |fleet: Fleet| {
        let answers = fleet.all_at_once(100, |store, number| async move {
            let buyer = VISITORS + 1 + number as i64;
            insisting(|| store.place_order(buyer, &ONE_OF_TEN, Some("first come, first served"))).await
        });
        let (sold, missed): (Vec<_>, Vec<_>) = answers.await.into_iter().partition(Result::is_ok);
        assert_eq!(sold.len(), 10);
        missed.into_iter().for_each(|answer| refused(answer, Code::OutOfStock));
        assert_eq!(fleet.stock(SCARCE).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_fired_fifty_times_is_one_order_and_fifty_equal_answers() {
    everywhere(async |fleet: Fleet| {
        let answers = fleet.all_at_once(50, |store, _| async move {
            insisting(|| store.place_order(JANE, &ALL_OF_TEN, Some("once"))).await
        });
        let answers: Vec<_> = answers.await.into_iter().map(|answer| answer.expect("an order")).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(fleet.stock(SCARCE).await, 0);
        assert_eq!(fleet.store().orders(JANE, 100, None).await.expect("a page").items, answers[..1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_good_for_one_order_of_one_user() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        let first = store.place_order(JANE, &order(1, 2), Some("key")).await.expect("the first order");
        refused(store.place_order(JANE, &order(1, 3), Some("key")).await, Code::IdempotencyMismatch);
        refused(store.place_order(JANE, &order(2, 2), Some("key")).await, Code::IdempotencyMismatch);
        let johns = store.place_order(JOHN, &order(1, 3), Some("key")).await.expect("john's keys are his own");
        assert_ne!(first.id, johns.id);
        assert_eq!(fleet.stock(1).await, 1_000_000 - 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_nothing_and_is_not_remembered() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        refused(store.place_order(JANE, &order(SCARCE, 11), Some("key")).await, Code::OutOfStock);
        refused(store.place_order(JANE, &order(999, 1), Some("key")).await, Code::NotFound);
        refused(store.place_order(999, &order(1, 1), Some("key")).await, Code::CredentialRejected);
        assert_eq!(store.orders(JANE, 100, None).await.expect("a page").items, []);
        let placed = store.place_order(JANE, &order(SCARCE, 9), Some("key")).await.expect("the key is still free");
        assert_eq!(placed.total_cents, placed.unit_price_cents * 9);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_each_order_of_the_buyer_once_and_newest_first() {
    everywhere(async |fleet: Fleet| {
        let mut placed = Vec::new();
        for product in 1..=7 {
            placed.push(fleet.store().place_order(JANE, &order(product, 1), None).await.expect("an order"));
            fleet.store().place_order(JOHN, &order(product, 1), None).await.expect("another's order");
        }
        placed.reverse();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = fleet.store().orders(JANE, 3, after).await.expect("a page");
            assert!(page.items.len() <= 3);
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, placed);
        assert_eq!(fleet.store().order(JANE, placed[0].id).await.expect("an answer").as_ref(), Some(&placed[0]));
        assert_eq!(fleet.store().order(JOHN, placed[0].id).await.expect("an answer"), None);
    })
    .await;
}
