//! Request under check: how is a question asked, and when is its answer an answer?

use std::time::Instant;

use anyhow::{Context, Result};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Request, RequestBuilder};
use serde::Serialize;

use crate::contract::answer::Answer;
use crate::contract::notes::Notes;
use crate::contract::rules;

/// A request on its way.
pub(super) struct Question {
    builder: RequestBuilder,
    name: String,
    notes: Notes,
}

impl Question {
    /// What is given in answer goes to the notes.
    pub(super) fn new(name: String, builder: RequestBuilder, notes: Notes) -> Question {
        Question { builder, name, notes }
    }

    pub(super) fn header(self, name: &str, value: &str) -> Question {
        Question { builder: self.builder.header(name, value), ..self }
    }

    pub(super) fn json(self, body: &impl Serialize) -> Result<Question> {
        let body = serde_json::to_value(body)?;
        self.notes.confide(&body);
        Ok(self.body("application/json", body.to_string()))
    }

    pub(super) fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Question {
        Question { builder: self.builder.header(CONTENT_TYPE, content_type).body(body), ..self }
    }

    /// The request as it would be sent.
    pub(super) fn built(self) -> Result<Request> {
        self.builder.build().with_context(|| format!("{} is no request", self.name))
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
        self.notes.keep(&answer);
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
