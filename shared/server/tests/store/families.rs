//! Token families in SQL: is a login renewed by one at a time, counted by each, and ended for all?

use jiff::{Timestamp, ToSpan};
use server::error::Refused;
use server::store::families::{Ended, Family};
use shared::api::problem::Code;

use crate::fleet::{Fleet, JANE, JOHN, everywhere, insisting, refused, rows};

/// A family of John's with this id, which ends in so many hours.
fn family(id: &str, hours: i64) -> Family {
    let now = Timestamp::now();
    Family {
        id: id.into(),
        user_id: JOHN,
        secret: "secret".into(),
        current_hash: "hash-0".into(),
        previous_hash: None,
        given: 1,
        created_at_ms: now.as_millisecond(),
        renewed_at_ms: now.as_millisecond(),
        ends_at_ms: (now + hours.hours()).as_millisecond(),
        user_agent: Some("a browser".into()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_found_as_it_was_opened_until_it_ends() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        let (living, over) = (family("living", 1), family("over", -1));
        for family in [&living, &over] {
            store.open_family(family).await.expect("a family");
        }
        assert_eq!(store.family("living").await.expect("an answer"), Some(living.clone()));
        assert_eq!(store.family("over").await.expect("an answer"), None);
        assert_eq!(store.rotate_family("over", "hash-0", "hash-1").await.expect("an answer"), None);
        assert_eq!(store.families(JOHN, "none").await.expect("an answer"), [living]);
        assert_eq!(store.families(JANE, "none").await.expect("an answer"), []);
        refused(store.open_family(&Family { user_id: 999, ..family("nobody's", 1) }).await, Code::CredentialRejected);
        for _ in 0..2 {
            store.end_family("living").await.expect("the end, and again");
        }
        assert_eq!(store.family("living").await.expect("an answer"), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_renewals_of_one_token_one_counts_as_the_first_and_each_gets_a_number() {
    everywhere(async |fleet: Fleet| {
        fleet.store().open_family(&family("f", 1)).await.expect("a family");
        let renewals = fleet.all_at_once(20, |store, _| async move {
            insisting(|| async {
                match store.rotate_family("f", "hash-0", "hash-1").await? {
                    Some(number) => Ok((true, number)),
                    None => Ok((false, store.count_token("f", "hash-0").await?.expect("it is the previous one"))),
                }
            })
            .await
        });
        let mut renewals: Vec<_> = renewals.await.into_iter().map(|answer| answer.expect("an answer")).collect();
        assert_eq!(renewals.iter().filter(|(first, _)| *first).count(), 1);
        renewals.sort_by_key(|(_, number)| *number);
        let numbers: Vec<_> = renewals.iter().map(|(_, number)| *number).collect();
        // One that a database had no time for may have counted all the same; no number comes twice.
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]) && numbers[0] == 2, "{numbers:?}");
        let store = fleet.store();
        assert_eq!(store.rotate_family("f", "hash-1", "hash-2").await.expect("an answer"), Some(numbers[19] + 1));
        assert_eq!(store.count_token("f", "hash-0").await.expect("an answer"), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_how_many_tokens_were_given_learns_of_those_under_way() {
    everywhere(async |fleet: Fleet| {
        fleet.store().open_family(&family("f", 1)).await.expect("a family");
        let answers = fleet.all_at_once(20, |store, request| async move {
            if request % 2 == 0 {
                insisting(|| store.rotate_family("f", "hash-0", "hash-0")).await.map(|number| (number, None))
            } else {
                insisting(|| store.tokens_given(JOHN)).await.map(|given| (None, Some(given)))
            }
        });
        let answers: Vec<_> = answers.await.into_iter().map(|answer| answer.expect("an answer")).collect();
        let given = fleet.store().tokens_given(JOHN).await.expect("an answer");
        let highest = answers.iter().filter_map(|(number, _)| *number).max().expect("ten renewals");
        assert_eq!(given, [("f".to_owned(), highest)]);
        assert!(answers.iter().filter_map(|(_, given)| given.as_ref()).all(|given| given[0].1 <= highest));
        assert_eq!(fleet.store().tokens_given(JANE).await.expect("an answer"), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn families_end_when_it_was_told_and_only_those_of_their_user() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        for id in ["a", "b", "c"] {
            store.open_family(&family(id, 1)).await.expect("a family");
        }
        store.open_family(&Family { user_id: JANE, ..family("janes", 1) }).await.expect("a family");
        let end = async |user, ended| store.end_families(user, ended, async |_| Ok(())).await.expect("an answer");
        assert_eq!(end(JANE, Ended::One("a")).await, 0);
        let away = async |_: &[String]| Err(Refused::because(Code::StoreUnavailable));
        refused(store.end_families(JOHN, Ended::AllBut("a"), away).await, Code::StoreUnavailable);
        assert_eq!(store.families(JOHN, "none").await.expect("an answer").len(), 3);
        assert_eq!(end(JOHN, Ended::One("b")).await, 1);
        assert_eq!(end(JOHN, Ended::AllBut("a")).await, 1);
        assert_eq!(end(JOHN, Ended::AllBut("a")).await, 0);
        assert!(store.family("a").await.expect("an answer").is_some());
        assert!(store.family("janes").await.expect("an answer").is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_clears_away_what_has_ended_by_itself_a_hundred_at_a_time() {
    everywhere(async |fleet: Fleet| {
        for number in 0..130 {
            fleet.store().open_family(&family(&format!("over-{number}"), 1)).await.expect("a family");
        }
        assert_eq!(rows(&fleet.url, "UPDATE refresh_families SET ends_at_ms = 1 RETURNING id").await, 130);
        for left in [30 + 1, 2, 3] {
            fleet.store().open_family(&family(&format!("living-{left}"), 1)).await.expect("a family");
            assert_eq!(rows(&fleet.url, "SELECT id FROM refresh_families").await, left);
        }
    })
    .await;
}
