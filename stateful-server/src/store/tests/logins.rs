//! Session list, tested: do logins end, and change their roles, from elsewhere?

use actix_session::SessionExt;
use actix_web::test::TestRequest;
use server::backend::{Caller, Elsewhere};
use shared::api::credential::OpenLogin;

use super::*;

async fn caller(store: &SessionStore, key: &SessionKey) -> Option<Caller> {
    let state = load(store, key).await.unwrap()?;
    Some(stored::caller(&state, &LIMITS).unwrap())
}

fn demoted() -> User {
    User { roles: vec![Role::User], ..john() }
}

#[tokio::test]
async fn logins_are_listed_with_the_newest_first_and_keep_their_names() {
    for Kept { store, behind: _behind } in everywhere().await {
        let old = plant(&store, MINUTE * 5, MINUTE).await;
        let new = store.begin(&Login::fresh(jane(), Some("a browser".into()))).await.unwrap().0.key();
        log_in(&store, john()).await;
        let expired = plant(&store, LIMITS.idle * 2, LIMITS.idle).await;
        let old_login = caller(&store, &old).await.unwrap();
        let asking = caller(&store, &new).await.unwrap();

        let listed = store.list(&asking).await.unwrap();
        let seen: Vec<_> = listed.iter().map(|login| (login.id.as_str(), login.current)).collect();
        assert_eq!(seen, [(asking.login.as_str(), true), (old_login.login.as_str(), false)]);
        assert_eq!(listed[0].user_agent.as_deref(), Some("a browser"));
        assert_eq!(listed[0].expires_at, asking.expires_at.to_string());
        assert!(
            listed.iter().all(|login| id(&new).random.as_str() != login.id && id(&old).random.as_str() != login.id)
        );
        assert!(load(&store, &expired).await.unwrap().is_none());

        let state = renewed(&store, &new).await;
        let renewed = update(&store, &new, state).await.unwrap();
        assert_eq!(caller(&store, &renewed).await.unwrap().login, asking.login);
        // All but when it was seen and therefore ends: the renewal may fall into the next second.
        let named = |login: &OpenLogin| (login.id.clone(), login.created_at.clone(), login.user_agent.clone());
        assert_eq!(named(&store.list(&asking).await.unwrap()[0]), named(&listed[0]));
    }
}

#[tokio::test]
async fn one_login_ends_or_all_but_the_one_that_asks() {
    for Kept { store, behind: _behind } in everywhere().await {
        let (mine, one, other) =
            (log_in(&store, jane()).await, log_in(&store, jane()).await, log_in(&store, jane()).await);
        let john_s = log_in(&store, john()).await;
        let asking = caller(&store, &mine).await.unwrap();
        let (one_s, john_s_login) = (caller(&store, &one).await.unwrap(), caller(&store, &john_s).await.unwrap());

        for nobody_s in ["", "nonsense", &john_s_login.login] {
            assert!(!store.end_elsewhere(&asking, Elsewhere::One(nobody_s)).await.unwrap(), "{nobody_s:?}");
        }
        assert!(store.end_elsewhere(&asking, Elsewhere::One(&one_s.login)).await.unwrap());
        assert!(!store.end_elsewhere(&asking, Elsewhere::One(&one_s.login)).await.unwrap());
        assert!(caller(&store, &one).await.is_none() && caller(&store, &other).await.is_some());

        assert!(store.end_elsewhere(&asking, Elsewhere::All).await.unwrap());
        assert!(!store.end_elsewhere(&asking, Elsewhere::All).await.unwrap());
        assert!(caller(&store, &other).await.is_none());
        assert!(caller(&store, &mine).await.is_some() && caller(&store, &john_s).await.is_some());
    }
}

#[tokio::test]
async fn no_renewal_escapes_an_end_from_elsewhere_in_100_races() {
    for Kept { store, behind: _behind } in everywhere().await {
        let mine = log_in(&store, jane()).await;
        let asking = caller(&store, &mine).await.unwrap();
        let renewer = store.reconnected();
        for race in 0..100 {
            let other = log_in(&store, jane()).await;
            let renewal = renewed(&store, &other).await;
            let end = async { store.end_elsewhere(&asking, Elsewhere::All).await.unwrap() };
            let renew = async { drop(update(&renewer, &other, renewal).await) };
            match race % 2 {
                0 => drop(tokio::join!(biased; end, renew)),
                _ => drop(tokio::join!(biased; renew, end)),
            }
            assert_eq!(store.list(&asking).await.unwrap().len(), 1, "race {race}");
        }
    }
}

#[tokio::test]
async fn a_role_taken_away_is_gone_with_the_next_request() {
    for Kept { store, behind: _behind } in everywhere().await {
        let (one, two) = (log_in(&store, john()).await, log_in(&store, john()).await);
        let before = caller(&store, &one).await.unwrap();
        store.reassign(&demoted()).await.unwrap();
        for key in [&one, &two] {
            assert_eq!(caller(&store, key).await.unwrap().user, demoted());
        }
        let after = caller(&store, &one).await.unwrap();
        assert_eq!((after.login, after.expires_at), (before.login, before.expires_at), "the login went on unseen");
        store.reassign(&demoted()).await.unwrap();
    }
}

#[tokio::test]
async fn a_request_under_way_cannot_write_old_roles_back() {
    for Kept { store, behind: _behind } in everywhere().await {
        let key = log_in(&store, john()).await;
        let (write, renewal) = (changed(&store, &key, "late").await, renewed(&store, &key).await);
        store.reassign(&demoted()).await.unwrap();
        assert!(matches!(update(&store, &key, write).await, Err(StoreError::Conflict)));
        assert!(matches!(update(&store, &key, renewal).await, Err(StoreError::Conflict)));
        assert_eq!(caller(&store, &key).await.unwrap().user, demoted());
    }
}

#[tokio::test]
async fn nobody_keeps_a_role_by_writing_or_renewing_all_the_time() {
    for Kept { store, behind: _behind } in everywhere().await {
        for _ in 0..10 {
            let mut writers = JoinSet::new();
            for renews in [false, true] {
                let (store, mut key) = (store.reconnected(), log_in(&store, john()).await);
                writers.spawn(async move {
                    for write in 0..50 {
                        let Some(mut state) = load(&store, &key).await.unwrap() else { return };
                        state.insert(if renews { RENEW.into() } else { write.to_string() }, "true".into());
                        key = update(&store, &key, state).await.unwrap_or(key);
                        tokio::task::yield_now().await;
                    }
                });
            }
            store.reassign(&demoted()).await.unwrap();
            writers.join_all().await;
            let kept = store.backend.list(john().id).await.unwrap();
            assert!(kept.iter().all(|(_, stored)| stored.login().unwrap().user == demoted()), "{kept:?}");
        }
    }
}

#[tokio::test]
async fn a_login_can_be_found_before_its_request_is_answered() {
    for Kept { store, behind: _behind } in everywhere().await {
        let session = TestRequest::default().to_http_request().get_session();
        store.log_in(&session, john(), None).await.unwrap();
        store.reassign(&demoted()).await.unwrap();
        let state = session.entries().clone();
        let key = save(&store, state).await.unwrap();
        assert_eq!(caller(&store, &key).await.unwrap().user, demoted());

        let session = TestRequest::default().to_http_request().get_session();
        store.log_in(&session, john(), None).await.unwrap();
        let issued = store.caller(&session).unwrap();
        assert!(
            store.end_elsewhere(&caller(&store, &key).await.unwrap(), Elsewhere::One(&issued.login)).await.unwrap()
        );
        let state = session.entries().clone();
        let key = save(&store, state).await.unwrap();
        assert!(load(&store, &key).await.unwrap().is_none());
    }
}
