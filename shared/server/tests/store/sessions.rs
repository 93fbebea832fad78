//! Session table, tested: is a session written over the version that was read, and does it end with all that took its place?

use jiff::{Timestamp, ToSpan};
use server::store::sessions::{Found, Session};
use shared::api::problem::Code;

use crate::fleet::{Fleet, JANE, JOHN, everywhere, insisting, refused, rows};

/// A session of John's with this id, which ends in so many hours.
fn session(id: &str, version: i64, hours: i64) -> Session<'_> {
    let ends_at_ms = (Timestamp::now() + hours.hours()).as_millisecond();
    Session { user_id: JOHN, id, version, value: "value", ends_at_ms }
}

fn in_a_minute() -> i64 {
    (Timestamp::now() + 1.minute()).as_millisecond()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_found_as_it_was_written_until_it_ends() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        store.open_session(session("living", 1, 1)).await.expect("a session");
        store.open_session(session("over", 1, -1)).await.expect("a session");
        let found = async |id| store.session(JOHN, id).await.expect("an answer");
        assert_eq!(found("living").await, Some(Found::Value("value".into())));
        assert_eq!(found("over").await, None);
        assert_eq!(store.session(JANE, "living").await.expect("an answer"), None);
        assert_eq!(store.sessions(JOHN).await.expect("an answer"), [("living".to_owned(), "value".to_owned())]);
        assert_eq!(store.sessions(JANE).await.expect("an answer"), []);
        refused(store.open_session(Session { user_id: 999, ..session("s", 1, 1) }).await, Code::CredentialRejected);

        let next = Session { value: "next", ..session("living", 2, 1) };
        for written in [true, false] {
            assert_eq!(store.write_session(1, next).await.expect("an answer"), written);
        }
        assert_eq!(found("living").await, Some(Found::Value("next".into())));
        assert!(!store.write_session(1, session("over", 2, 1)).await.expect("an answer"));
        for _ in 0..2 {
            store.end_session(JOHN, "living").await.expect("the end, and again");
        }
        assert_eq!(found("living").await, None);
        assert!(!store.write_session(2, session("living", 3, 1)).await.expect("an answer"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_writes_and_renewals_of_one_version_one_is_kept() {
    everywhere(async |fleet: Fleet| {
        fleet.store().open_session(session("s", 1, 1)).await.expect("a session");
        let writes = fleet.all_at_once(20, |store, writer| async move {
            let id = if writer % 2 == 0 { "s".to_owned() } else { format!("s-{writer}") };
            let next = session(&id, 2, 1);
            insisting(|| async {
                match writer % 2 {
                    0 => store.write_session(1, next).await,
                    _ => store.renew_session(("s", 1), next, in_a_minute()).await,
                }
            })
            .await
        });
        let kept = writes.await.into_iter().filter(|written| *written.as_ref().expect("an answer")).count();
        let sessions = fleet.store().sessions(JOHN).await.expect("an answer");
        assert_eq!((kept, sessions.len()), (1, 1), "{sessions:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_reaches_a_session_that_is_renewed_at_the_same_moment() {
    everywhere(async |fleet: Fleet| {
        for race in 0..50 {
            fleet.store().open_session(session(&format!("{race}"), 1, 1)).await.expect("a session");
            let steps = fleet.all_at_once(4, |store, step| async move {
                let (id, successor) = (format!("{race}"), format!("{race}-{step}"));
                match step {
                    3 => insisting(|| store.end_session(JOHN, &id)).await,
                    _ => {
                        let renewal = session(&successor, 2, 1);
                        insisting(|| store.renew_session((&id, 1), renewal, in_a_minute())).await.map(drop)
                    }
                }
            });
            steps.await.into_iter().for_each(|step| step.expect("an answer"));
            assert_eq!(fleet.store().sessions(JOHN).await.expect("an answer"), [], "race {race}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_clears_away_what_has_ended_by_itself_a_hundred_at_a_time() {
    everywhere(async |fleet: Fleet| {
        for number in 0..130 {
            fleet.store().open_session(session(&format!("over-{number}"), 1, 1)).await.expect("a session");
        }
        assert_eq!(rows(&fleet.url, "UPDATE sessions SET ends_at_ms = 1 RETURNING id").await, 130);
        for left in [30 + 1, 2] {
            fleet.store().open_session(session(&format!("living-{left}"), 1, 1)).await.expect("a session");
            assert_eq!(rows(&fleet.url, "SELECT id FROM sessions").await, left);
        }
        let renewal = fleet.store().renew_session(("living-2", 1), session("renewed", 2, 1), 1);
        assert!(renewal.await.expect("an answer"));
        let all = rows(&fleet.url, "SELECT id FROM sessions").await;
        assert_eq!(all, 2, "a row that ended at once was cleared by its own renewal");
    })
    .await;
}
