//! Visitor: what does a client do that works with either server?
//!
//! It keeps whatever it is given, be that a token, a cookie or a draft, and brings it back. It does not know which server
//! it talks to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};
use wire::request::Request;

use crate::contract::notes::{Kept, Notes};
use crate::contract::request::CheckedRequest;
use crate::contract::response::CheckedResponse;
use shared::api::account::User;
use shared::api::checkout::CheckoutState;
use shared::api::credential::LoggedIn;
use shared::api::paths;

/// The people of the demo data.
#[derive(Debug, Clone, Copy)]
pub(super) enum Person {
    /// An admin.
    John,
    Jane,
    /// Many, with a password that is cheap to check.
    Visitor(u32),
}

impl Person {
    pub(super) fn username(self) -> String {
        match self {
            Person::John => "john".into(),
            Person::Jane => "jane".into(),
            Person::Visitor(number) => format!("visitor-{number}"),
        }
    }

    pub(super) fn password(self) -> &'static str {
        if matches!(self, Person::Visitor(_)) { "visitor" } else { "secret" }
    }
}

/// One client with what it keeps.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) http: Arc<wire::client::Client>,
    pub(super) replicas: Arc<[String]>,
    pub(super) turn: Arc<AtomicUsize>,
    /// Replicas to go on by after each request: none for a client that sticks to one.
    pub(super) step: usize,
    pub(super) notes: Notes,
}

impl Visitor {
    pub(super) async fn logged_in(self, person: Person) -> Result<Visitor> {
        self.log_in(person).await?;
        Ok(self)
    }

    pub(super) async fn log_in(&self, person: Person) -> Result<LoggedIn> {
        self.try_log_in(person).await?.json(200)
    }

    pub(super) async fn try_log_in(&self, person: Person) -> Result<CheckedResponse> {
        self.log_in_as(&person.username(), person.password()).await
    }

    pub(super) async fn log_in_as(&self, username: &str, password: &str) -> Result<CheckedResponse> {
        self.post(paths::LOGIN, &json!({ "username": username, "password": password })).await
    }

    pub(super) async fn refresh(&self) -> Result<CheckedResponse> {
        self.renewal().send().await
    }

    /// The refresh token in the body, where there is one.
    pub(super) fn renewal(&self) -> CheckedRequest {
        let (request, token) = (self.request("POST", paths::REFRESH), self.kept().refresh_token);
        token.into_iter().fold(request, |request, token| request.json(&json!({ "refreshToken": token })))
    }

    pub(super) async fn log_out(&self) -> Result<CheckedResponse> {
        self.request("POST", paths::LOGOUT).send().await
    }

    pub(super) async fn whoami(&self) -> Result<User> {
        self.get(paths::WHOAMI).await?.json(200)
    }

    pub(super) async fn get(&self, path: &str) -> Result<CheckedResponse> {
        self.request("GET", path).send().await
    }

    pub(super) async fn post(&self, path: &str, body: &impl Serialize) -> Result<CheckedResponse> {
        self.request("POST", path).json(body).send().await
    }

    pub(super) async fn put(&self, path: &str, body: &impl Serialize) -> Result<CheckedResponse> {
        self.request("PUT", path).json(body).send().await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<CheckedResponse> {
        self.request("DELETE", path).send().await
    }

    /// One step of the checkout: the body, and the draft if one must be carried.
    pub(super) fn step(&self, method: &str, path: &str, mut body: Value) -> CheckedRequest {
        if let (Some(draft), Some(fields)) = (self.kept().draft, body.as_object_mut()) {
            fields.insert("draft".into(), draft.into());
        }
        self.request(method, path).json(&body)
    }

    pub(super) async fn start_checkout(&self) -> Result<CheckoutState> {
        let items = json!([{ "productId": 42, "quantity": 2 }, { "productId": 41, "quantity": 1 }]);
        self.post(paths::CHECKOUT, &json!({ "items": items })).await?.json(201)
    }

    pub(super) async fn show_checkout(&self) -> Result<CheckedResponse> {
        let (request, draft) = (self.request("GET", paths::CHECKOUT), self.kept().draft);
        draft.iter().fold(request, |request, draft| request.header(paths::CHECKOUT_DRAFT, draft)).send().await
    }

    pub(super) fn address(&self, city: &str) -> CheckedRequest {
        self.step("PUT", paths::CHECKOUT_ADDRESS, address_of(city))
    }

    pub(super) fn payment(&self, reference: &str) -> CheckedRequest {
        self.step("PUT", paths::CHECKOUT_PAYMENT, payment_of(reference))
    }

    pub(super) fn confirmation(&self) -> CheckedRequest {
        self.step("POST", paths::CHECKOUT_CONFIRM, json!({}))
    }

    /// A request with whatever credential was given, and nothing else yet, to the replica whose turn it is.
    pub(super) fn request(&self, method: &str, path: &str) -> CheckedRequest {
        self.request_to(self.turn.fetch_add(self.step, Ordering::Relaxed), method, path)
    }

    /// The same to a replica of one's choice, counted round and round.
    pub(super) fn request_to(&self, replica: usize, method: &str, path: &str) -> CheckedRequest {
        let url = self.replicas[replica % self.replicas.len()].clone();
        let Kept { access_token, cookie, .. } = self.kept();
        let token = access_token.map(|token| ("authorization", format!("Bearer {token}")));
        let carried = token.into_iter().chain(cookie.map(|cookie| ("cookie", cookie)));
        let request = carried.fold(Request::new(method, path), |request, (name, value)| request.with(name, value));
        CheckedRequest { http: self.http.clone(), url, request, notes: self.notes.clone() }
    }

    /// Somebody else with a copy of all that this client was given so far.
    pub(super) fn copy(&self) -> Visitor {
        Visitor { notes: self.notes.copy(), ..self.clone() }
    }

    /// Somebody else who has not logged in, and asks the same replica where that matters.
    pub(super) fn neighbour(&self) -> Visitor {
        Visitor { notes: self.notes.blank(), ..self.clone() }
    }

    /// The same client, who asks another replica from now on.
    pub(super) fn moved_to(&self, replica: usize) -> Visitor {
        Visitor { turn: Arc::new(AtomicUsize::new(replica)), step: 0, ..self.copy() }
    }

    pub(super) fn kept(&self) -> Kept {
        self.notes.kept().clone()
    }

    /// Pretends to have been given something else.
    pub(super) fn keep(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.notes.kept());
    }
}

pub(super) fn address_of(city: &str) -> Value {
    json!({ "address": { "name": "Jane", "street": "High St 1", "city": city, "postalCode": "BA1", "country": "GB" } })
}

pub(super) fn payment_of(reference: &str) -> Value {
    json!({ "payment": { "method": "card", "reference": reference } })
}
