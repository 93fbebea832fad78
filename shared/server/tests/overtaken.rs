//! Stale credentials: what if roles or password change while a credential is being made?
//!
//! Whoever changes them cannot reach a credential that is not there yet. Here the change comes at exactly that moment:
//! while [`Credentials::issue`] is at work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use actix_web::{App, HttpRequest};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use server::backend::{Caller, Credentials, Drafts, Elsewhere, Issued};
use server::error::Refused;
use server::health::Health;
use server::login_limiter::LoginLimiter;
use server::passwords::Passwords;
use server::settings::LoginLimits;
use server::store::Store;
use server::telemetry::Telemetry;
use server::{Application, router};
use shared::api::account::{Role, User};
use shared::api::credential::{Credential, OpenLogin, Refresh};
use shared::api::meta::{CredentialKind, Holder, Meta};
use shared::api::paths;
use shared::checkout::Draft;

const JANE: i64 = 456;

/// What somebody does to Jane while she logs in.
#[derive(Clone, Copy)]
enum Meanwhile {
    Nothing,
    NewRoles,
    /// And whoever keeps credentials cannot be told.
    NewRolesUntold,
    NewPassword,
}

/// Makes credentials that are overtaken, and writes down what it is told afterwards.
struct Overtaken {
    store: Store,
    meanwhile: Meanwhile,
    told: Arc<Mutex<Vec<String>>>,
}

impl Overtaken {
    fn hears(&self, what: impl Into<String>) {
        self.told.lock().expect("nobody panics with it").push(what.into());
    }

    async fn make(&self, user: User) -> Result<Issued, Refused> {
        match self.meanwhile {
            Meanwhile::Nothing => {}
            Meanwhile::NewRoles | Meanwhile::NewRolesUntold => {
                drop(self.store.set_roles(user.id, &[Role::Admin]).await?)
            }
            Meanwhile::NewPassword => {
                let (_, hash) = self.store.user(user.id).await?.expect("jane");
                assert!(self.store.set_password(user.id, &hash, "another").await?);
            }
        }
        Ok(Issued { user, login: "new".into(), expires_at: Timestamp::MAX, credential: Credential::Cookie })
    }
}

#[async_trait(?Send)]
impl Credentials for Overtaken {
    async fn issue(&self, _: &HttpRequest, user: User) -> Result<Issued, Refused> {
        self.make(user).await
    }

    async fn verify(&self, _: &HttpRequest) -> Result<Caller, Refused> {
        unreachable!("nobody asks for anything private")
    }

    async fn renew(&self, _: &HttpRequest, _: Refresh) -> Result<Issued, Refused> {
        let (jane, _) = self.store.user(JANE).await?.expect("jane");
        self.make(jane).await
    }

    async fn revoke(&self, _: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        self.hears("revoke");
        Ok(None)
    }

    async fn list(&self, _: &Caller) -> Result<Vec<OpenLogin>, Refused> {
        Ok(Vec::new())
    }

    async fn end(&self, caller: &Caller, elsewhere: Elsewhere<'_>) -> Result<bool, Refused> {
        self.hears(format!("end {elsewhere:?} of {}", caller.user.username));
        Ok(true)
    }

    async fn reassign(&self, user: &User) -> Result<(), Refused> {
        self.hears(format!("reassign {:?}", user.roles));
        match self.meanwhile {
            Meanwhile::NewRolesUntold => Err(Refused::store_unavailable("sessions", "on purpose")),
            _ => Ok(()),
        }
    }

    async fn ready(&self) -> Result<(), Refused> {
        Ok(())
    }

    fn challenge(&self) -> HeaderValue {
        HeaderValue::from_static("Test")
    }

    fn carrier(&self) -> HeaderName {
        header::COOKIE
    }

    fn public_keys(&self) -> Option<serde_json::Value> {
        None
    }
}

#[async_trait(?Send)]
impl Drafts for Overtaken {
    async fn save(&self, _: &HttpRequest, _: &Caller, _: &Draft) -> Result<Option<String>, Refused> {
        unreachable!("nobody buys anything")
    }

    async fn load(&self, _: &HttpRequest, _: &Caller, _: Option<&str>) -> Result<Option<Draft>, Refused> {
        unreachable!("nobody buys anything")
    }
}

fn application(store: &Store, meanwhile: Meanwhile, told: &Arc<Mutex<Vec<String>>>) -> Application {
    let memory = || Arc::new(Overtaken { store: store.clone(), meanwhile, told: told.clone() });
    let window = Duration::from_secs(60);
    let meta = Meta {
        server: "overtaken".into(),
        instance: "overtaken-1".into(),
        version: "0".into(),
        credential: CredentialKind::Cookie,
        state_held_by: Holder::Server,
        options: BTreeMap::new(),
    };
    Application {
        credentials: memory(),
        drafts: memory(),
        login_limiter: LoginLimiter::new(
            store,
            &LoginLimits { per_account: 5, per_address: 5, window, trusted_proxy: Vec::new() },
        ),
        store: store.clone(),
        passwords: Passwords::new(),
        telemetry: Telemetry::new("overtaken-1", HeaderValue::from_static("Test")),
        health: Health::default(),
        meta,
    }
}

/// Asks for a credential while something happens: the answer's status, and what the servers' memory is told then.
async fn check(path: &str, meanwhile: Meanwhile, status: u16, expected: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!("sqlite://{}/shop.sqlite", folder.path().display())).await.expect("a database");
    store.add_demo_data(0).await.expect("the demo data fits");
    let told = Arc::default();
    let application = Data::new(application(&store, meanwhile, &told));
    let app = init_service(App::new().app_data(application).configure(router::known)).await;
    let body = match path {
        paths::LOGIN => json!({ "username": "jane", "password": "secret" }),
        _ => json!({}),
    };
    let answer = call_service(&app, TestRequest::post().uri(path).set_json(body).to_request()).await;
    assert_eq!(answer.status().as_u16(), status, "{path}");
    assert_eq!(*told.lock().expect("nobody panics with it"), expected, "{path}");
}

#[actix_web::test]
async fn a_credential_that_nothing_overtakes_is_left_alone() {
    check(paths::LOGIN, Meanwhile::Nothing, 200, &[]).await;
    check(paths::REFRESH, Meanwhile::Nothing, 200, &[]).await;
}

#[actix_web::test]
async fn roles_that_change_meanwhile_reach_the_new_credential_too() {
    check(paths::LOGIN, Meanwhile::NewRoles, 200, &["reassign [Admin]"]).await;
    check(paths::REFRESH, Meanwhile::NewRoles, 200, &["reassign [Admin]"]).await;
}

#[actix_web::test]
async fn a_login_with_a_password_that_changes_meanwhile_ends_before_it_begins() {
    check(paths::LOGIN, Meanwhile::NewPassword, 401, &["revoke", "end One(\"new\") of jane"]).await;
}

#[actix_web::test]
async fn a_login_whose_roles_could_not_be_settled_is_not_handed_out() {
    let told = &["reassign [Admin]", "revoke", "end One(\"new\") of jane"];
    check(paths::LOGIN, Meanwhile::NewRolesUntold, 503, told).await;
}
