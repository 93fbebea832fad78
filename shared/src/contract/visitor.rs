//! What does a client do that works with either server?
//!
//! It keeps whatever it is given, be that a token, a cookie or a draft, and brings it back. It does not know which server
//! it talks to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Person;
use super::rules;
use crate::api::account::User;
use crate::api::credential::{Credential, LoggedIn};
use crate::api::paths;

/// What a client was given and brings back.
#[derive(Debug, Default, Clone)]
pub(super) struct Kept {
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// `name=value`
    pub(super) cookie: Option<String>,
    pub(super) draft: Option<String>,
}

/// One client with what it keeps.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) http: reqwest::Client,
    pub(super) replicas: Arc<[String]>,
    pub(super) turn: Arc<AtomicUsize>,
    /// Replicas to go on by after each question: none for a client that sticks to one.
    pub(super) step: usize,
    pub(super) kept: Arc<Mutex<Kept>>,
}

impl Visitor {
    pub(super) async fn log_in(&self, person: Person) -> Result<LoggedIn> {
        let body = json!({ "username": person.username(), "password": person.password() });
        self.post(paths::LOGIN, &body).await?.json(200)
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
        Question { builder, name: format!("{method} {path}"), kept: self.kept.clone() }
    }

    /// Somebody else with a copy of all that this client was given so far.
    pub(super) fn copy(&self) -> Visitor {
        Visitor { kept: Arc::new(Mutex::new(self.kept())), ..self.clone() }
    }

    /// The same client, who asks another replica from now on.
    pub(super) fn moved_to(&self, replica: usize) -> Visitor {
        Visitor { turn: Arc::new(AtomicUsize::new(replica)), step: 0, ..self.copy() }
    }

    pub(super) fn kept(&self) -> Kept {
        lock(&self.kept).clone()
    }

    /// Pretends to have been given something else.
    pub(super) fn keep(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut lock(&self.kept));
    }
}

/// A request on its way.
pub(super) struct Question {
    builder: RequestBuilder,
    name: String,
    kept: Arc<Mutex<Kept>>,
}

impl Question {
    pub(super) fn header(self, name: &str, value: &str) -> Question {
        Question { builder: self.builder.header(name, value), ..self }
    }

    pub(super) fn json(self, body: &impl Serialize) -> Result<Question> {
        Ok(self.body("application/json", serde_json::to_string(body)?))
    }

    pub(super) fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Question {
        Question { builder: self.builder.header(CONTENT_TYPE, content_type).body(body), ..self }
    }

    /// Sends it, checks what is true of every answer, and keeps what was given.
    pub(super) async fn send(self) -> Result<Answer> {
        let (http, request) = self.builder.build_split();
        let request = request.with_context(|| format!("{} is no request", self.name))?;
        let sent = (request.method().clone(), request.url().path().to_owned(), request.headers().clone());
        let begun = Instant::now();
        let response = http.execute(request).await.with_context(|| format!("no answer to {}", self.name))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.with_context(|| format!("half an answer to {}", self.name))?;
        let answer = Answer { to: self.name, status, headers, body, took: begun.elapsed() };
        rules::check(&sent.0, &sent.1, &sent.2, &answer)?;
        keep(&mut lock(&self.kept), &answer);
        Ok(answer)
    }
}

/// Sends all of them at the same time; the answers are in the order of the questions.
pub(super) async fn at_once(questions: Vec<Question>) -> Result<Vec<Answer>> {
    let tasks: Vec<_> = questions.into_iter().map(|question| tokio::spawn(question.send())).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await??);
    }
    Ok(answers)
}

fn keep(kept: &mut Kept, answer: &Answer) {
    if let Some(cookie) = given_cookie(&answer.headers) {
        kept.cookie = Some(cookie).filter(|cookie| !cookie.ends_with('='));
    }
    if let Ok(LoggedIn { credential: Credential::Bearer { access_token, refresh_token, .. }, .. }) = answer.json(200) {
        kept.access_token = Some(access_token);
        kept.refresh_token = Some(refresh_token);
    }
    if let Ok(Value::Object(fields)) = serde_json::from_str(&answer.body)
        && answer.status < 300
        && let Some(draft) = fields.get("draft")
    {
        kept.draft = draft.as_str().map(str::to_owned);
    }
}

/// `name=value` of the last `Set-Cookie`; a removal has no value.
fn given_cookie(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get_all(SET_COOKIE).iter().next_back()?.to_str().ok()?;
    cookie.split(';').next().map(|pair| pair.trim().to_owned())
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
