//! OpenAPI document: does it say what the routes do?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::cookie::Cookie;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest};
use async_trait::async_trait;
use serde_json::Value;
use server::backend::{Caller, Credentials, Drafts, Elsewhere, Issued};
use server::error::Refused;
use server::health::Health;
use server::login_limiter::LoginLimiter;
use server::passwords::Passwords;
use server::settings::LoginLimits;
use server::store::Store;
use server::telemetry::Telemetry;
use server::{Application, openapi, router, telemetry};
use shared::api::account::User;
use shared::api::credential::{OpenLogin, Refresh};
use shared::api::meta::{CredentialKind, Holder, Meta};
use shared::api::problem::Code;
use shared::checkout::Draft;

const PATHS: &str = include_str!("../../src/api/paths.rs");

/// A server that knows nobody: the document does not depend on whom it knows.
struct Nobody;

fn unknown() -> Refused {
    Refused::because(Code::CredentialMissing)
}

#[async_trait(?Send)]
impl Credentials for Nobody {
    async fn issue(&self, _: &HttpRequest, _: User) -> Result<Issued, Refused> {
        Err(unknown())
    }

    async fn verify(&self, _: &HttpRequest) -> Result<Caller, Refused> {
        Err(unknown())
    }

    async fn renew(&self, _: &HttpRequest, _: Refresh) -> Result<Issued, Refused> {
        Err(unknown())
    }

    async fn revoke(&self, _: &HttpRequest) -> Result<Option<Cookie<'static>>, Refused> {
        Ok(None)
    }

    async fn list(&self, _: &Caller) -> Result<Vec<OpenLogin>, Refused> {
        Ok(Vec::new())
    }

    async fn end(&self, _: &Caller, _: Elsewhere<'_>) -> Result<bool, Refused> {
        Ok(false)
    }

    async fn reassign(&self, _: &User) -> Result<(), Refused> {
        Ok(())
    }

    async fn ready(&self) -> Result<(), Refused> {
        Ok(())
    }

    fn challenge(&self) -> HeaderValue {
        HeaderValue::from_static("Bearer")
    }

    fn carrier(&self) -> HeaderName {
        header::AUTHORIZATION
    }

    fn public_keys(&self) -> Option<serde_json::Value> {
        None
    }
}

#[async_trait(?Send)]
impl Drafts for Nobody {
    async fn save(&self, _: &HttpRequest, _: &Caller, _: &Draft) -> Result<Option<String>, Refused> {
        Err(unknown())
    }

    async fn load(&self, _: &HttpRequest, _: &Caller, _: Option<&str>) -> Result<Option<Draft>, Refused> {
        Err(unknown())
    }
}

fn meta() -> Meta {
    Meta {
        server: "nobody".into(),
        instance: "nobody-1".into(),
        version: "0".into(),
        credential: CredentialKind::Bearer,
        state_held_by: Holder::Client,
        options: BTreeMap::new(),
    }
}

fn document() -> Value {
    serde_json::to_value(openapi::document(&meta())).expect("a document is plain data")
}

/// Every path with every method and its operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let items = document["paths"].as_object().expect("paths").iter();
    let each = |(path, item): (&String, &Value)| {
        let methods = item.as_object().expect("an item").clone().into_iter();
        let path = path.clone();
        methods.map(move |(method, operation)| (path.clone(), method.to_uppercase(), operation))
    };
    items.flat_map(each).collect()
}

fn refusals(operation: &Value) -> BTreeSet<String> {
    let responses = operation["responses"].as_object().expect("responses").values();
    let codes = responses.filter_map(|response| {
        response.pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum")?.as_array()
    });
    codes.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[actix_web::test]
async fn the_document_and_the_routes_name_the_same_methods() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!("sqlite://{}/shop.sqlite", folder.path().display())).await.expect("a database");
    let window = Duration::from_secs(1);
    let limits = LoginLimits { per_account: 1, per_address: 1, window, trusted_proxy: Vec::new() };
    let application = Data::new(Application {
        credentials: Arc::new(Nobody),
        drafts: Arc::new(Nobody),
        login_limiter: LoginLimiter::new(&store, &limits),
        store,
        passwords: Passwords::new(),
        telemetry: Telemetry::new("nobody-1", HeaderValue::from_static("Test")),
        health: Health::default(),
        meta: meta(),
    });
    let app = App::new().app_data(application.clone()).configure(router::open);
    let app = app
        .service(web::scope("").configure(router::known))
        .wrap(telemetry::around(&application.telemetry, &application.health));
    let app = init_service(app).await;

    let mut documented = BTreeMap::<String, BTreeSet<String>>::new();
    for (path, method, _) in operations(&document()) {
        let methods = documented.entry(path).or_default();
        methods.extend((method == "GET").then(|| "HEAD".to_owned()));
        methods.insert(method);
    }
    for (path, methods) in documented {
        let uri = path.replace("{id}", "1").replace("{code}", "not_found");
        let response = call_service(&app, TestRequest::with_uri(&uri).method(Method::TRACE).to_request()).await;
        assert_eq!(response.status(), 405, "{path} is in the document alone");
        let allow = response.headers().get(header::ALLOW).and_then(|allow| allow.to_str().ok()).unwrap_or_default();
        assert_eq!(allow.split(", ").map(str::to_owned).collect::<BTreeSet<_>>(), methods, "{path}");
    }
    for path in ["/docs", "/docs/", "/docs/swagger-ui.css"] {
        let response = call_service(&app, TestRequest::with_uri(path).to_request()).await;
        assert!(response.status().is_success() || response.status().is_redirection(), "{path}: {}", response.status());
    }
    let page = call_service(&app, TestRequest::with_uri("/docs/swagger-initializer.js").to_request()).await;
    assert!(String::from_utf8_lossy(&read_body(page).await).contains("/openapi.json"));
}

#[test]
fn every_path_is_in_the_document() {
    let known: BTreeSet<_> = operations(&document()).into_iter().map(|(path, ..)| path).collect();
    let named = PATHS.lines().filter_map(|line| line.split_once(" = \"")?.1.strip_suffix("\";"));
    let missing: Vec<_> =
        named.filter(|path| path.starts_with('/') && *path != "/docs" && !known.contains(*path)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_code_is_in_the_document() {
    let declared: BTreeSet<_> =
        operations(&document()).iter().flat_map(|(_, _, operation)| refusals(operation)).collect();
    // What a wrong method is told belongs to no operation.
    let all = Code::ALL
        .iter()
        .filter(|code| **code != Code::MethodNotAllowed)
        .map(|code| serde_json::to_value(code).expect("a word"));
    let missing: Vec<_> = all.filter(|code| code.as_str().is_some_and(|code| !declared.contains(code))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn who_needs_a_credential_says_so() {
    for (path, method, operation) in operations(&document()) {
        if ["/refresh", "/logout"].contains(&path.as_str()) {
            assert_eq!(
                operation["security"],
                serde_json::json!([{}, { "credential": [] }]),
                "{path} takes one if it is there"
            );
            continue;
        }
        let open = path == "/login" || !refusals(&operation).contains("credential_missing");
        assert_eq!(operation["security"].is_null(), open, "{method} {path}");
    }
}

#[test]
fn no_two_operations_share_an_id() {
    let ids: Vec<_> =
        operations(&document()).into_iter().map(|(_, _, operation)| operation["operationId"].to_string()).collect();
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}
