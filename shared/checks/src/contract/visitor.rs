//! Visitor: what does a client do that works with either server?
//!
//! It keeps whatever it is given, be that a token, a cookie or a draft, and brings it back. It does not know which server
//! it talks to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, COOKIE};
use serde::Serialize;
use serde_json::{Value, json};

use crate::contract::answer::Answer;
use crate::contract::notes::{Kept, Notes};
use crate::contract::question::Question;
use shared::api::account::User;
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
    pub(super) http: reqwest::Client,
    pub(super) replicas: Arc<[String]>,
    pub(super) turn: Arc<AtomicUsize>,
    /// Replicas to go on by after each question: none for a client that sticks to one.
    pub(super) step: usize,
    pub(super) notes: Notes,
}

impl Visitor {
    pub(super) async fn log_in(&self, person: Person) -> Result<LoggedIn> {
        self.try_log_in(person).await?.json(200)
    }

    pub(super) async fn try_log_in(&self, person: Person) -> Result<Answer> {
        self.log_in_as(&person.username(), person.password()).await
    }

    pub(super) async fn log_in_as(&self, username: &str, password: &str) -> Result<Answer> {
        self.post(paths::LOGIN, &json!({ "username": username, "password": password })).await
    }

    pub(super) async fn refresh(&self) -> Result<Answer> {
        match self.kept().refresh_token {
            Some(token) => self.post(paths::REFRESH, &json!({ "refreshToken": token })).await,
            None => self.ask(Method::POST, paths::REFRESH).send().await,
        }
    }

    pub(super) async fn log_out(&self) -> Result<Answer> {
        self.ask(Method::POST, paths::LOGOUT).send().await
    }

    pub(super) async fn whoami(&self) -> Result<User> {
        self.get(paths::WHOAMI).await?.json(200)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer> {
        self.ask(Method::GET, path).send().await
    }

    pub(super) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.ask(Method::POST, path).json(body)?.send().await
    }

    pub(super) async fn put(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.ask(Method::PUT, path).json(body)?.send().await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Answer> {
        self.ask(Method::DELETE, path).send().await
    }

    /// One step of the checkout: the body, and the draft if one must be carried.
    pub(super) fn step(&self, method: Method, path: &str, mut body: Value) -> Result<Question> {
        if let (Some(draft), Some(fields)) = (self.kept().draft, body.as_object_mut()) {
            fields.insert("draft".into(), draft.into());
        }
        self.ask(method, path).json(&body)
    }

    /// A question with whatever credential was given, and nothing else yet, to the replica whose turn it is.
    pub(super) fn ask(&self, method: Method, path: &str) -> Question {
        self.ask_at(self.turn.fetch_add(self.step, Ordering::Relaxed), method, path)
    }

    /// The same to a replica of one's choice, counted round and round.
    pub(super) fn ask_at(&self, replica: usize, method: Method, path: &str) -> Question {
        let url = format!("{}{path}", self.replicas[replica % self.replicas.len()]);
        let mut builder = self.http.request(method.clone(), url);
        let kept = self.kept();
        if let Some(token) = &kept.access_token {
            builder = builder.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(cookie) = &kept.cookie {
            builder = builder.header(COOKIE, cookie);
        }
        Question::new(format!("{method} {path}"), builder, self.notes.clone())
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
