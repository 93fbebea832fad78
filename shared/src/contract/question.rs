//! How is a question asked, and what stays of the answer?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use serde::Serialize;
use serde_json::Value;

use super::answer::Answer;
use super::rules;
use crate::api::credential::{Credential, LoggedIn};

/// What a client was given and brings back.
#[derive(Debug, Default, Clone)]
pub(super) struct Kept {
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// `name=value`
    pub(super) cookie: Option<String>,
    pub(super) draft: Option<String>,
}

/// A request on its way.
pub(super) struct Question {
    builder: RequestBuilder,
    name: String,
    kept: Arc<Mutex<Kept>>,
}

impl Question {
    /// What is given in answer goes to `kept`.
    pub(super) fn new(name: String, builder: RequestBuilder, kept: Arc<Mutex<Kept>>) -> Question {
        Question { builder, name, kept }
    }

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

pub(super) fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
