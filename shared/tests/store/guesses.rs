//! Is every wrong password counted, on whichever server it came, until its time is over?

use std::time::{Duration, Instant};

use jiff::Timestamp;
use shared::server::store::guesses::Guessed;

use crate::fleet::{Fleet, everywhere, insisting};

const QUARTER: Duration = Duration::from_secs(15 * 60);
/// Over as soon as it begins.
const NO_TIME: Duration = Duration::ZERO;

/// What is known of account 1 and address 2.
async fn known(fleet: &Fleet, replica: usize) -> (Guessed, Guessed) {
    let attempt = fleet.stores[replica].attempt("jane", 1, 2).await.expect("an answer");
    assert!(attempt.user.is_some_and(|(jane, _)| jane.username == "jane"));
    (attempt.account, attempt.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guess_counts_on_every_server_until_it_is_forgotten() {
    everywhere(async |fleet: Fleet| {
        assert_eq!(known(&fleet, 0).await, Default::default());
        let first = fleet.stores[1].count_guess(1, QUARTER).await.expect("counted");
        let second = fleet.stores[2].count_guess(1, QUARTER).await.expect("counted");
        assert_eq!((first.times, second.times), (1, 2));
        assert_eq!(first.until, second.until); // The window begins with the first.
        let left = second.until.duration_since(Timestamp::now()).as_secs();
        assert!((14 * 60..=15 * 60).contains(&left), "{left}");
        let address = fleet.stores[3].count_guess(2, QUARTER).await.expect("counted");
        assert_eq!(known(&fleet, 3).await, (second, address));

        fleet.store().forget_guesses(1).await.expect("forgotten");
        fleet.store().forget_guesses(1).await.expect("forgotten, again");
        assert_eq!(known(&fleet, 3).await, (Guessed::default(), address));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_counted_like_any_other() {
    everywhere(async |fleet: Fleet| {
        let counted = fleet.store().count_guess(7, QUARTER).await.expect("counted");
        let attempt = fleet.store().attempt("nobody", 7, 8).await.expect("an answer");
        assert!(attempt.user.is_none());
        assert_eq!((attempt.account, attempt.address), (counted, Guessed::default()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_guesses_at_once_every_one_counts_and_each_has_a_number_of_its_own() {
    everywhere(async |fleet: Fleet| {
        let counting = fleet.all_at_once(100, |store, _| async move {
            insisting(|| store.count_guess(1, QUARTER)).await.expect("counted").times
        });
        let mut numbers = counting.await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_its_time_is_over_a_guess_counts_no_more() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        store.count_guess(1, NO_TIME).await.expect("counted");
        assert_eq!(known(&fleet, 1).await.0, Guessed::default());
        assert_eq!(store.count_guess(1, QUARTER).await.expect("counted").times, 1);

        // One that begins now and ends soon: it counts at first, and then by itself no more.
        store.count_guess(2, Duration::from_millis(500)).await.expect("counted");
        let deadline = Instant::now() + Duration::from_secs(10);
        while known(&fleet, 1).await.1.times > 0 {
            assert!(Instant::now() < deadline, "it still counts");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_is_deleted_and_nothing_else() {
    everywhere(async |fleet: Fleet| {
        for subject in 1000..1300 {
            fleet.store().count_guess(subject, NO_TIME).await.expect("counted");
        }
        let counts = fleet.store().count_guess(1, QUARTER).await.expect("counted");
        let deleted = fleet.all_at_once(8, |store, _| async move { insisting(|| store.forget_past_guesses()).await });
        let deleted: usize = deleted.await.into_iter().map(|deleted| deleted.expect("deleted")).sum();
        assert_eq!(deleted, 300); // More than one statement takes.
        assert_eq!(known(&fleet, 0).await.0, counts);
    })
    .await;
}
