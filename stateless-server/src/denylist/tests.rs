//! Token denylist, tested: is a token refused that was taken back, and no other?

use actix_web::test::TestRequest;
use rig::redis::{Options, Redis};
use server::backend::{Caller, Credentials, Elsewhere, Issued};
use server::store::Store;
use shared::api::account::{Role, User};
use shared::api::credential::{Credential, Refresh};
use shared::api::problem::Code;
use tempfile::TempDir;
use tokio::time::Instant;

use super::*;
use crate::credentials::Tokens;
use crate::families::Families;
use crate::keys::Keys;
use crate::keys::files::{Algorithm, Key};
use crate::keys::seen::Seen;
use crate::keys::terms::Parties;

const TTL: Duration = Duration::from_secs(900);
const GRACE: Duration = Duration::from_secs(60);

/// A server without its routes, and the Redis that it may ask.
struct Rig {
    tokens: Tokens,
    redis: Redis,
    _folder: TempDir,
}

impl Rig {
    /// `None`: as with `--revocation none`.
    async fn start(down: Option<Down>) -> Rig {
        let (redis, folder) = (Redis::start(Options::default()).await.unwrap(), TempDir::new().unwrap());
        let store = Store::open(&format!("sqlite://{}/shop.sqlite", folder.path().display())).await.unwrap();
        store.add_demo_data(0).await.unwrap();
        let denylist = down.map_or(Denylist::NONE, |down| Denylist::open(&redis.url(), down, TTL).unwrap());
        let parties = Parties { issuer: "us".into(), audience: "them".into() };
        let key = Key::generate(Algorithm::Hs256).unwrap();
        let keys = Keys::of(vec![key], Algorithm::Hs256, parties, Seen::at_most(10)).unwrap();
        let tokens = Tokens::new(keys, Families::new(store, Duration::from_secs(3600), GRACE), denylist, TTL);
        Rig { tokens, redis, _folder: folder }
    }

    async fn log_in(&self) -> Issued {
        let john = User { id: 123, username: "john".into(), roles: vec![Role::User, Role::Admin] };
        self.tokens.issue(&TestRequest::default().to_http_request(), john).await.unwrap()
    }

    async fn renew(&self, issued: &Issued) -> Result<Issued, Refused> {
        let refresh = Refresh { refresh_token: Some(refresh_token(issued).into()) };
        self.tokens.renew(&TestRequest::default().to_http_request(), refresh).await
    }

    async fn verify(&self, issued: &Issued) -> Result<Caller, Refused> {
        let bearer = ("authorization", format!("Bearer {}", access_token(issued)));
        self.tokens.verify(&TestRequest::default().insert_header(bearer).to_http_request()).await
    }

    async fn log_out(&self, issued: &Issued) -> Result<(), Refused> {
        let bearer = ("authorization", format!("Bearer {}", access_token(issued)));
        self.tokens.revoke(&TestRequest::default().insert_header(bearer).to_http_request()).await.map(drop)
    }

    #[track_caller]
    fn asks(&self) -> u64 {
        self.redis.commands_answered().unwrap()
    }
}

fn access_token(issued: &Issued) -> &str {
    let Credential::Bearer { access_token, .. } = &issued.credential else { panic!("no token") };
    access_token
}

fn refresh_token(issued: &Issued) -> &str {
    let Credential::Bearer { refresh_token, .. } = &issued.credential else { panic!("no token") };
    refresh_token
}

fn code<T>(answer: Result<T, Refused>) -> Option<Code> {
    answer.err().map(|refused| refused.code)
}

#[tokio::test]
async fn without_a_denylist_nobody_is_asked_and_a_copy_lives_on() {
    let rig = Rig::start(None).await;
    let login = rig.log_in().await;
    rig.verify(&login).await.unwrap();
    rig.tokens.reassign(&login.user).await.unwrap();
    rig.log_out(&login).await.unwrap();
    rig.verify(&login).await.unwrap();
    assert_eq!(code(rig.renew(&login).await), Some(Code::CredentialRejected));
    rig.tokens.ready().await.unwrap();
    assert_eq!(rig.asks(), 0);
}

#[tokio::test]
async fn a_request_is_one_question() {
    let rig = Rig::start(Some(Down::FailClosed)).await;
    let login = rig.log_in().await;
    let before = rig.asks();
    for _ in 0..10 {
        rig.verify(&login).await.unwrap();
    }
    assert_eq!(rig.asks() - before, 10);
}

#[tokio::test]
async fn a_logout_takes_all_tokens_of_its_login_and_of_no_other() {
    let rig = Rig::start(Some(Down::FailClosed)).await;
    let (login, other) = (rig.log_in().await, rig.log_in().await);
    let renewed = rig.renew(&login).await.unwrap();
    rig.verify(&login).await.unwrap();
    rig.log_out(&login).await.unwrap();
    for token in [&login, &renewed] {
        assert_eq!(code(rig.verify(token).await), Some(Code::CredentialRejected));
    }
    rig.log_out(&renewed).await.unwrap();
    rig.verify(&other).await.unwrap();
}

#[tokio::test]
async fn a_change_of_roles_takes_what_was_given_so_far_and_the_login_goes_on() {
    let rig = Rig::start(Some(Down::FailClosed)).await;
    let login = rig.log_in().await;
    let second = rig.renew(&login).await.unwrap();
    rig.tokens.reassign(&login.user).await.unwrap();
    for token in [&login, &second] {
        assert_eq!(code(rig.verify(token).await), Some(Code::CredentialRejected));
    }
    let third = rig.renew(&second).await.unwrap();
    rig.verify(&third).await.unwrap();
    assert_eq!(third.login, login.login);
}

#[tokio::test]
async fn a_thief_and_the_robbed_lose_their_tokens_together() {
    let rig = Rig::start(Some(Down::FailClosed)).await;
    let first = rig.log_in().await;
    let second = rig.renew(&first).await.unwrap();
    let third = rig.renew(&second).await.unwrap();
    assert_eq!(code(rig.renew(&first).await), Some(Code::RefreshReused));
    for token in [&first, &second, &third] {
        assert_eq!(code(rig.verify(token).await), Some(Code::CredentialRejected));
    }
}

#[tokio::test]
async fn logins_ended_elsewhere_are_refused_here() {
    let rig = Rig::start(Some(Down::FailClosed)).await;
    let (here, one, two) = (rig.log_in().await, rig.log_in().await, rig.log_in().await);
    let caller = rig.verify(&here).await.unwrap();
    assert!(rig.tokens.end(&caller, Elsewhere::One(&one.login)).await.unwrap());
    assert_eq!(code(rig.verify(&one).await), Some(Code::CredentialRejected));
    rig.verify(&two).await.unwrap();
    assert!(rig.tokens.end(&caller, Elsewhere::All).await.unwrap());
    assert_eq!(code(rig.verify(&two).await), Some(Code::CredentialRejected));
    rig.verify(&here).await.unwrap();
}

#[tokio::test]
async fn a_later_denial_takes_no_earlier_one_back_and_all_are_forgotten_in_time() {
    let rig = Rig::start(Some(Down::FailClosed)).await;
    let denylist = Denylist::open(&rig.redis.url(), Down::FailClosed, TTL).unwrap();
    let Denylist(Some(Kept { client, .. })) = &denylist else { panic!("it is kept") };
    let check = async |up_to: i64, stands: i64| {
        denylist.deny("sid", up_to).await.unwrap();
        assert_eq!(client.ask::<i64>(redis::cmd("GET").arg(key("sid"))).await.unwrap(), stands);
        let left: u64 = client.ask(redis::cmd("PTTL").arg(key("sid"))).await.unwrap();
        assert!((909_000..=910_000).contains(&left), "{left}");
    };
    check(3, 3).await;
    check(2, 3).await;
    check(5, 5).await;
    check(ALL, ALL).await;
    check(6, ALL).await;
    check(ALL, ALL).await;
}

#[tokio::test]
async fn who_fails_closed_believes_nobody_while_redis_is_away_and_is_quick_about_it() {
    let mut rig = Rig::start(Some(Down::FailClosed)).await;
    let login = rig.log_in().await;
    rig.verify(&login).await.unwrap();
    rig.redis.freeze().unwrap();
    for _ in 0..2 {
        let start = Instant::now();
        assert_eq!(code(rig.verify(&login).await), Some(Code::StoreUnavailable));
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    }
    assert_eq!(code(rig.tokens.ready().await), Some(Code::StoreUnavailable));
    // The renewing ends all the same, and whoever repeats the logout ends the token, too.
    assert_eq!(code(rig.log_out(&login).await), Some(Code::StoreUnavailable));
    assert_eq!(code(rig.renew(&login).await), Some(Code::CredentialRejected));
    rig.redis.thaw().unwrap();
    until(async || rig.log_out(&login).await.is_ok()).await;
    assert_eq!(code(rig.verify(&login).await), Some(Code::CredentialRejected));
    rig.tokens.ready().await.unwrap();
}

#[tokio::test]
async fn who_fails_open_goes_on_as_if_there_were_no_denylist() {
    let mut rig = Rig::start(Some(Down::FailOpen)).await;
    let (login, other) = (rig.log_in().await, rig.log_in().await);
    rig.log_out(&login).await.unwrap();
    assert_eq!(code(rig.verify(&login).await), Some(Code::CredentialRejected));
    rig.redis.kill();
    until(async || rig.verify(&login).await.is_ok()).await;
    rig.log_out(&other).await.unwrap();
    assert_eq!(code(rig.renew(&other).await), Some(Code::CredentialRejected));
    rig.tokens.ready().await.unwrap();
}

#[tokio::test]
async fn a_redis_that_comes_back_empty_has_forgotten_whom_it_denied() {
    let mut rig = Rig::start(Some(Down::FailClosed)).await;
    let login = rig.log_in().await;
    rig.log_out(&login).await.unwrap();
    rig.redis.restart().await.unwrap();
    until(async || rig.verify(&login).await.is_ok()).await;
}

/// Waits for a state.
async fn until(state: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !state().await {
        assert!(Instant::now() < deadline, "it does not come to that");
        tokio::task::yield_now().await;
    }
}
