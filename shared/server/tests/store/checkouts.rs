//! Confirmed checkouts in SQL: does a draft become orders once, and all of it or nothing?

use shared::api::checkout::{Address, Item, Payment, PaymentMethod};
use shared::api::problem::Code;
use shared::checkout::Draft;

use crate::fleet::{Fleet, JANE, JOHN, SCARCE, VISITORS, everywhere, insisting, refused};

/// A draft that can be confirmed; items are product and quantity.
fn draft(id: &str, items: &[(i64, i64)]) -> Draft {
    let words = |word: &str| word.to_owned();
    Draft {
        id: words(id),
        items: items.iter().map(|&(product_id, quantity)| Item { product_id, quantity }).collect(),
        address: Some(Address {
            name: words("Jane Doe"),
            street: words("Main Street 1"),
            city: words("Springfield"),
            postal_code: words("12345"),
            country: words("US"),
        }),
        payment: Some(Payment { method: PaymentMethod::Invoice, reference: words("INV-1") }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_confirmed_fifty_times_is_one_set_of_orders() {
    everywhere(async |fleet: Fleet| {
        let answers = fleet.all_at_once(50, |store, _| async move {
            let draft = draft("draft", &[(3, 1), (1, 2), (3, 4)]);
            insisting(|| store.confirm_checkout(JANE, &draft)).await
        });
        let answers: Vec<_> = answers.await.into_iter().map(|answer| answer.expect("orders")).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let lines: Vec<_> = answers[0].iter().map(|order| (order.product_id, order.quantity)).collect();
        assert_eq!(lines, [(1, 2), (3, 5)]);
        assert_eq!(fleet.store().orders(JANE, 100, None).await.expect("a page").items.len(), 2);
        assert_eq!((fleet.stock(1).await, fleet.stock(3).await), (1_000_000 - 2, 1_000_000 - 5));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_draft_is_closed_to_other_content_and_other_buyers() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        store.confirm_checkout(JANE, &draft("draft", &[(1, 1)])).await.expect("orders");
        refused(store.confirm_checkout(JANE, &draft("draft", &[(1, 2)])).await, Code::CheckoutConfirmed);
        refused(store.confirm_checkout(JOHN, &draft("draft", &[(1, 1)])).await, Code::CheckoutConfirmed);
        assert_eq!(fleet.stock(1).await, 1_000_000 - 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_that_asks_for_too_much_leaves_nothing() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        // Twice six pieces of ten: each line alone could be had.
        let answer = store.confirm_checkout(JANE, &draft("draft", &[(SCARCE, 6), (1, 5), (SCARCE, 6)])).await;
        assert!(answer.as_ref().is_err_and(|refused| refused.detail.contains("200")), "{answer:?}");
        refused(answer, Code::OutOfStock);
        refused(store.confirm_checkout(JANE, &draft("draft", &[(1, 5), (999, 1)])).await, Code::NotFound);
        assert_eq!((fleet.stock(1).await, fleet.stock(SCARCE).await), (1_000_000, 10));
        assert_eq!(store.orders(JANE, 100, None).await.expect("a page").items, []);
        store.confirm_checkout(JANE, &draft("draft", &[(SCARCE, 10)])).await.expect("the draft is still open");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checkouts_that_want_the_same_things_in_opposite_order_all_succeed() {
    everywhere(async |fleet: Fleet| {
        let answers = fleet.all_at_once(40, |store, number| async move {
            let items = if number % 2 == 0 { [(1, 1), (2, 1), (3, 1)] } else { [(3, 1), (2, 1), (1, 1)] };
            let draft = draft(&format!("draft-{number}"), &items);
            insisting(|| store.confirm_checkout(VISITORS + 1 + number as i64, &draft)).await
        });
        answers.await.into_iter().for_each(|answer| assert_eq!(answer.expect("orders").len(), 3));
        for product in 1..=3 {
            assert_eq!(fleet.stock(product).await, 1_000_000 - 40);
        }
    })
    .await;
}
