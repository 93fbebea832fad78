//! Failed logins in SQL: is every wrong password counted, on whichever server it came, until its time is over?

use std::time::{Duration, Instant};

use actix_web::test::TestRequest;
use futures_util::future::join_all;
use jiff::Timestamp;
use server::login_limiter::LoginLimiter;
use server::settings::LoginLimits;
use server::store::login_limiter::FailedLogins;
use shared::api::problem::Code;

use crate::fleet::{Fleet, everywhere, insisting};

const QUARTER: Duration = Duration::from_secs(15 * 60);
/// Over as soon as it begins.
const NO_TIME: Duration = Duration::ZERO;

/// What is known of account 1 and address 2.
async fn known(fleet: &Fleet, replica: usize) -> (FailedLogins, FailedLogins) {
    let attempt = fleet.stores[replica].attempt("jane", 1, 2).await.expect("an answer");
    assert!(attempt.user.is_some_and(|(jane, _)| jane.username == "jane"));
    (attempt.account, attempt.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guess_counts_on_every_server_until_it_is_forgotten() {
    everywhere(async |fleet: Fleet| {
        assert_eq!(known(&fleet, 0).await, Default::default());
        let first = fleet.stores[1].count_failed_login(1, QUARTER).await.expect("counted");
        let second = fleet.stores[2].count_failed_login(1, QUARTER).await.expect("counted");
        assert_eq!((first.times, second.times), (1, 2));
        assert_eq!(first.until, second.until); // The window begins with the first.
        let left = second.until.duration_since(Timestamp::now()).as_secs();
        assert!((14 * 60..=15 * 60).contains(&left), "{left}");
        let address = fleet.stores[3].count_failed_login(2, QUARTER).await.expect("counted");
        assert_eq!(known(&fleet, 3).await, (second, address));

        fleet.store().forget_failed_logins(1).await.expect("forgotten");
        fleet.store().forget_failed_logins(1).await.expect("forgotten, again");
        assert_eq!(known(&fleet, 3).await, (FailedLogins::default(), address));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_counted_like_any_other() {
    everywhere(async |fleet: Fleet| {
        let counted = fleet.store().count_failed_login(7, QUARTER).await.expect("counted");
        let attempt = fleet.store().attempt("nobody", 7, 8).await.expect("an answer");
        assert!(attempt.user.is_none());
        assert_eq!((attempt.account, attempt.address), (counted, FailedLogins::default()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_guesses_at_once_every_one_counts_and_each_has_a_number_of_its_own() {
    everywhere(async |fleet: Fleet| {
        let counting = fleet.all_at_once(100, |store, _| async move {
            insisting(|| store.count_failed_login(1, QUARTER)).await.expect("counted").times
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
        store.count_failed_login(1, NO_TIME).await.expect("counted");
        assert_eq!(known(&fleet, 1).await.0, FailedLogins::default());
        assert_eq!(store.count_failed_login(1, QUARTER).await.expect("counted").times, 1);

        // One that begins now and ends soon: it counts at first, and then by itself no more.
        store.count_failed_login(2, Duration::from_millis(500)).await.expect("counted");
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
            fleet.store().count_failed_login(subject, NO_TIME).await.expect("counted");
        }
        let counts = fleet.store().count_failed_login(1, QUARTER).await.expect("counted");
        let deleted =
            fleet.all_at_once(8, |store, _| async move { insisting(|| store.forget_past_failed_logins()).await });
        let deleted: usize = deleted.await.into_iter().map(|deleted| deleted.expect("deleted")).sum();
        assert_eq!(deleted, 300); // More than one statement takes.
        assert_eq!(known(&fleet, 0).await.0, counts);
    })
    .await;
}

const LIMITS: LoginLimits =
    LoginLimits { per_account: 5, per_address: 100, window: QUARTER, trusted_proxy: Vec::new() };

/// LoginLimiter wrongly from some address. Was the password looked at, and what was the answer?
async fn guess(replica: &LoginLimiter, username: &str, address: u8) -> (bool, Code) {
    let request = TestRequest::default().peer_addr(([192, 0, 2, address], 1).into()).to_http_request();
    match replica.begin(&request, username).await {
        Ok(guess) => (true, guess.failed().await.code),
        Err(refused) => (false, refused.code),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_guesses_at_once_five_are_answered_and_each_further_server_looks_at_one_more() {
    everywhere(async |fleet: Fleet| {
        for username in ["jane", "nobody"] {
            let replicas: Vec<_> = fleet.stores.iter().map(|store| LoginLimiter::new(store, &LIMITS)).collect();
            let guesses = (0..40).map(|number| guess(&replicas[number % replicas.len()], username, number as u8));
            let answers = join_all(guesses).await;
            let looked_at = answers.iter().filter(|(looked_at, _)| *looked_at).count();
            assert!((5..5 + replicas.len()).contains(&looked_at), "{looked_at}");
            let told = answers.iter().filter(|(_, code)| *code == Code::WrongPassword).count();
            assert_eq!((told, answers.len()), (5, 40), "{answers:?}");
            assert!(answers.iter().all(|(_, code)| matches!(code, Code::WrongPassword | Code::TooManyGuesses)));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_begins_the_account_anew_and_not_the_address() {
    everywhere(async |fleet: Fleet| {
        let limits = LoginLimits { per_address: 7, ..LIMITS };
        let replica = LoginLimiter::new(fleet.store(), &limits);
        for _ in 0..4 {
            assert_eq!(guess(&replica, "jane", 1).await, (true, Code::WrongPassword));
        }
        let request = TestRequest::default().peer_addr(([192, 0, 2, 1], 1).into()).to_http_request();
        let right = replica.begin(&request, "jane").await.map_err(|refused| refused.code).expect("a fifth guess");
        right.succeeded().await.expect("forgotten");
        for _ in 0..3 {
            assert_eq!(guess(&replica, "jane", 1).await, (true, Code::WrongPassword));
        }
        assert_eq!(guess(&replica, "jane", 1).await, (false, Code::TooManyGuesses)); // The address' eighth.
        assert_eq!(guess(&replica, "john", 1).await, (false, Code::TooManyGuesses));
        assert_eq!(guess(&replica, "jane", 2).await, (true, Code::WrongPassword));
    })
    .await;
}
