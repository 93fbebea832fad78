//! User accounts in SQL: are users who they were, and do their preferences change once?

use jiff::Timestamp;
use shared::api::account::{Preferences, Role, Theme};
use shared::api::problem::Code;

use crate::fleet::{Fleet, JANE, JOHN, VISITORS, everywhere, insisting, refused};

fn dark() -> Preferences {
    Preferences { theme: Theme::Dark, language: "pt-BR".into(), timezone: "America/Sao_Paulo".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cast_is_there_and_nobody_else() {
    everywhere(async |fleet: Fleet| {
        let (john, _) = fleet.store().attempt("john", 0, 1).await.expect("an answer").user.expect("john");
        assert_eq!((john.id, john.roles), (JOHN, vec![Role::User, Role::Admin]));
        let jane = fleet.store().profile(JANE).await.expect("an answer").expect("jane");
        assert_eq!((jane.user.username.as_str(), jane.user.roles), ("jane", vec![Role::User]));
        assert_eq!(jane.preferences, Preferences::default());
        assert!(jane.member_since.parse::<Timestamp>().is_ok(), "{}", jane.member_since);
        let (visitor, _) =
            fleet.store().attempt("visitor-100", 0, 1).await.expect("an answer").user.expect("the last visitor");
        assert_eq!(visitor.id, VISITORS + 100);
        assert!(fleet.store().attempt("visitor-101", 0, 1).await.expect("an answer").user.is_none());
        assert!(fleet.store().profile(1).await.expect("an answer").is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_what_they_were_set_to_last() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        let both = store.set_roles(JANE, &[Role::User, Role::Admin]).await.expect("an answer").expect("jane");
        assert_eq!((both.username.as_str(), both.roles.len()), ("jane", 2));
        store.set_roles(JANE, &[Role::Admin]).await.expect("an answer").expect("jane");
        let (jane, _) = store.user(JANE).await.expect("an answer").expect("jane");
        assert_eq!(jane.roles, [Role::Admin]);
        assert_eq!(store.set_roles(999, &[Role::User]).await.expect("an answer"), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_passwords_set_over_the_same_one_a_single_one_is_there() {
    everywhere(async |fleet: Fleet| {
        let (_, seen) = fleet.store().user(JANE).await.expect("an answer").expect("jane");
        let answers = fleet.all_at_once(20, move |store, number| {
            let (seen, new) = (seen.clone(), format!("hash-{number}"));
            async move { insisting(|| store.set_password(JANE, &seen, &new)).await }
        });
        let set: Vec<_> = answers.await.into_iter().map(|answer| answer.expect("an answer")).collect();
        let winner = set.iter().position(|set| *set).expect("one was set");
        assert_eq!(set.iter().filter(|set| **set).count(), 1);
        let (_, hash) = fleet.store().user(JANE).await.expect("an answer").expect("jane");
        assert_eq!(hash, format!("hash-{winner}"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_write_of_preferences_is_refused() {
    everywhere(async |fleet: Fleet| {
        let store = fleet.store();
        assert_eq!(store.preferences(JANE).await.expect("an answer"), (Preferences::default(), 0));
        refused(store.set_preferences(JANE, &dark(), Some(1)).await, Code::StaleWrite);
        assert_eq!(store.set_preferences(JANE, &dark(), Some(0)).await.expect("the first"), 1);
        refused(store.set_preferences(JANE, &dark(), Some(0)).await, Code::StaleWrite);
        assert_eq!(store.set_preferences(JANE, &Preferences::default(), None).await.expect("whatever is there"), 2);
        assert_eq!(store.set_preferences(JANE, &dark(), Some(2)).await.expect("the next"), 3);
        assert_eq!(store.preferences(JANE).await.expect("an answer"), (dark(), 3));
        assert_eq!(store.profile(JANE).await.expect("an answer").expect("jane").preferences, dark());
        refused(store.set_preferences(999, &dark(), None).await, Code::CredentialRejected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_writes_over_the_same_version_one_counts() {
    everywhere(async |fleet: Fleet| {
        let answers = fleet.all_at_once(20, |store, _| async move {
            let dark = dark();
            insisting(|| store.set_preferences(JANE, &dark, Some(0))).await
        });
        let (stored, stale): (Vec<_>, Vec<_>) = answers.await.into_iter().partition(Result::is_ok);
        assert_eq!((stored.len(), stale.len()), (1, 19));
        stale.into_iter().for_each(|answer| refused(answer, Code::StaleWrite));
    })
    .await;
}
