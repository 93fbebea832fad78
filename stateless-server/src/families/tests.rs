//! Refresh tokens, tested: is one good once, on both databases, whoever comes at the same time?

use std::collections::HashSet;

use rig::postgres::Postgres;
use tempfile::TempDir;

use super::*;

const HOUR: Duration = Duration::from_secs(60 * 60);
const GRACE: Duration = Duration::from_secs(60);

/// Tries a promise on both databases, each with the demo data.
async fn everywhere(promise: impl AsyncFn(Store)) {
    let (postgres, folder) = (Postgres::start().await.unwrap(), TempDir::new().unwrap());
    for url in [format!("sqlite://{}/shop.sqlite", folder.path().display()), postgres.url()] {
        println!("on {url}");
        let store = Store::open(&url).await.unwrap();
        store.add_demo_data(0).await.unwrap();
        promise(store).await;
    }
}

fn families(store: &Store, grace: Duration) -> Families {
    Families::new(store.clone(), HOUR, grace)
}

const JOHN: i64 = 123;
const JANE: i64 = 456;

async fn user(store: &Store, id: i64) -> User {
    store.user(id).await.unwrap().unwrap().0
}

fn caller(user: User, login: &str) -> Caller {
    Caller { user, login: login.into(), expires_at: Timestamp::MAX }
}

async fn renewed(families: &Families, token: &str) -> Family {
    match families.renew(token).await.unwrap() {
        Renewal::Renewed(family, _) => family,
        Renewal::Reused { sid } => panic!("{sid} has ended"),
    }
}

/// Repeats what a database under load had no time for, as clients do.
async fn insisting(families: &Families, token: &str) -> Family {
    loop {
        match families.renew(token).await {
            Ok(Renewal::Renewed(family, _)) => return family,
            Ok(Renewal::Reused { sid }) => panic!("{sid} has ended"),
            Err(refused) => assert_eq!(refused.code, Code::StoreUnavailable),
        }
    }
}

async fn is_rejected(families: &Families, token: &str) -> bool {
    families.renew(token).await.is_err_and(|refused| refused.code == Code::CredentialRejected)
}

async fn is_reused(families: &Families, token: &str) -> bool {
    let Ok(Renewal::Reused { sid }) = families.renew(token).await else { return false };
    families.end(&sid).await.unwrap();
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_renewals_at_once_leave_one_living_refresh_token_and_log_nobody_out() {
    everywhere(async |store| {
        let (families, john) = (families(&store, GRACE), user(&store, JOHN).await);
        let first = families.open(&john, None).await.unwrap();
        let renew = |_| {
            let (families, token) = (families.clone(), first.refresh_token.clone());
            tokio::spawn(async move { insisting(&families, &token).await })
        };
        let under_way: Vec<_> = (0..50).map(renew).collect();
        let (mut tokens, mut numbers) = (HashSet::new(), HashSet::new());
        for renewal in under_way {
            let family = renewal.await.unwrap();
            assert_eq!(family.sid, first.sid);
            tokens.insert(family.refresh_token);
            numbers.insert(family.given);
        }
        assert_eq!((tokens.len(), numbers.len()), (1, 50), "one refresh token, and no two access tokens alike");
        assert_eq!(families.list(&caller(john, &first.sid)).await.unwrap().len(), 1);
        let second = renewed(&families, &tokens.into_iter().next().unwrap()).await;
        renewed(&families, &second.refresh_token).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_token_is_good_a_moment_longer_and_then_ends_the_login_for_all() {
    everywhere(async |store| {
        let (lenient, strict) = (families(&store, GRACE), families(&store, Duration::ZERO));
        let john = user(&store, JOHN).await;
        let first = lenient.open(&john, None).await.unwrap();
        let (second, again) =
            (renewed(&lenient, &first.refresh_token).await, renewed(&lenient, &first.refresh_token).await);
        assert_eq!(second.refresh_token, again.refresh_token);
        let third = renewed(&lenient, &second.refresh_token).await;
        assert!(is_reused(&lenient, &first.refresh_token).await, "two steps back is no second tab");
        assert!(is_rejected(&lenient, &third.refresh_token).await);

        let first = strict.open(&john, None).await.unwrap();
        let mut latest = renewed(&strict, &first.refresh_token).await;
        for _ in 0..20 {
            latest = renewed(&strict, &latest.refresh_token).await;
        }
        assert!(is_reused(&strict, &first.refresh_token).await, "however long ago");
        assert!(is_rejected(&strict, &latest.refresh_token).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_given_out_harms_nobody() {
    everywhere(async |store| {
        let families = families(&store, GRACE);
        let (john, jane) = (user(&store, JOHN).await, user(&store, JANE).await);
        let (johns, janes) = (families.open(&john, None).await.unwrap(), families.open(&jane, None).await.unwrap());
        let (_, link) = janes.refresh_token.split_once('.').unwrap();
        let nothing = "A".repeat(86);
        for made_up in [
            &johns.sid,
            &format!("{}.", johns.sid),
            &format!("{}.{link}", johns.sid),
            &format!("{}.{nothing}", johns.sid),
        ] {
            assert!(is_rejected(&families, made_up).await, "{made_up}");
        }
        let latest = renewed(&families, &johns.refresh_token).await;
        assert!(is_rejected(&families, &format!("{}.{link}", johns.sid)).await);
        renewed(&families, &latest.refresh_token).await;
        renewed(&families, &janes.refresh_token).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_renewal_makes_a_login_live_longer() {
    everywhere(async |store| {
        let (families, john) = (families(&store, GRACE), user(&store, JOHN).await);
        let first = families.open(&john, Some("a browser".into())).await.unwrap();
        let second = renewed(&families, &first.refresh_token).await;
        assert_eq!(second.ends_at.as_millisecond(), first.ends_at.as_millisecond());
        assert!((3590..=3600).contains(&second.expires_in().as_secs()));
        let listed = families.list(&caller(john.clone(), &first.sid)).await.unwrap();
        let [login] = &*listed else { panic!("{listed:?}") };
        assert_eq!((&login.id, login.user_agent.as_deref(), login.current), (&first.sid, Some("a browser"), true));
        let [created, seen, end] =
            [&login.created_at, &login.last_seen_at, &login.expires_at].map(|time| time.parse().unwrap());
        let lifetime = Timestamp::duration_since(end, created);
        assert!(created <= seen && seen < end && lifetime.unsigned_abs() == HOUR, "{login:?}");

        let over = Families::new(store.clone(), Duration::ZERO, GRACE).open(&john, None).await.unwrap();
        assert!(is_rejected(&families, &over.refresh_token).await);
        assert_eq!(families.list(&caller(john, &first.sid)).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_ends_own_logins_elsewhere_and_no_others() {
    everywhere(async |store| {
        let families = families(&store, GRACE);
        let (john, jane) = (user(&store, JOHN).await, user(&store, JANE).await);
        let mut johns = Vec::new();
        for _ in 0..4 {
            johns.push(families.open(&john, None).await.unwrap());
        }
        let janes = families.open(&jane, None).await.unwrap();
        let here = caller(john, &johns[0].sid);
        let end = async |elsewhere| families.end_elsewhere(&here, elsewhere, async |_| Ok(())).await.unwrap();
        assert!(!end(Elsewhere::One(&janes.sid)).await && !end(Elsewhere::One("nobody's")).await);
        assert!(end(Elsewhere::One(&johns[1].sid)).await && !end(Elsewhere::One(&johns[1].sid)).await);
        assert!(is_rejected(&families, &johns[1].refresh_token).await);

        let away = async |_: &[String]| Err(Refused::store_unavailable("denylist", "away"));
        assert!(families.end_elsewhere(&here, Elsewhere::All, away).await.is_err());
        assert_eq!(families.list(&here).await.unwrap().len(), 3, "what could not be denied can be ended again");
        let mut told = HashSet::new();
        let tell = async |sids: &[String]| {
            told.extend(sids.iter().cloned());
            Ok(())
        };
        assert!(families.end_elsewhere(&here, Elsewhere::All, tell).await.unwrap());
        assert_eq!(told, HashSet::from([johns[2].sid.clone(), johns[3].sid.clone()]));
        assert!(!end(Elsewhere::All).await);
        renewed(&families, &johns[0].refresh_token).await;
        renewed(&families, &janes.refresh_token).await;
    })
    .await;
}

#[test]
fn a_grace_that_helps_thieves_cannot_be_asked_for() {
    assert_eq!((grace("0s"), grace("60s")), (Ok(Duration::ZERO), Ok(LONGEST_GRACE)));
    assert!(grace("61s").is_err() && grace("60s 1ms").is_err() && grace("-1s").is_err());
}
