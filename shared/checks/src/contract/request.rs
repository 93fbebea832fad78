//! Checked request: how is it sent, and when is its response a response?

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;
use wire::half_open::HalfOpen;
use wire::request::Request;
use wire::response::Response;

use crate::contract::notes::Notes;
use crate::contract::response::CheckedResponse;
use crate::contract::rules;

/// A request of which the response is held to the rules of every response; what is given in it goes to the notes.
pub(super) struct CheckedRequest {
    pub(super) http: Arc<wire::client::Client>,
    pub(super) url: String,
    pub(super) request: Request,
    pub(super) notes: Notes,
}

impl CheckedRequest {
    pub(super) fn header(self, name: &str, value: &str) -> CheckedRequest {
        CheckedRequest { request: self.request.with(name, value), ..self }
    }

    pub(super) fn json(self, body: &impl Serialize) -> CheckedRequest {
        let request = self.request.json(body);
        self.notes.confide(&request.body);
        CheckedRequest { request, ..self }
    }

    pub(super) fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> CheckedRequest {
        CheckedRequest { request: self.request.body(content_type, body), ..self }
    }

    pub(super) async fn send(self) -> Result<CheckedResponse> {
        let begun = Instant::now();
        let response = self.http.send(&self.url, &self.request).await;
        let response = response.with_context(|| format!("no response to {}", self.name()))?;
        self.checked(response, begun)
    }

    /// Sends all but the last byte of the body, on a connection of its own. The server is at work when this returns.
    pub(super) async fn begin(self) -> Result<HalfOpenRequest> {
        let sent = HalfOpen::begin(&self.url, &self.request).await;
        let sent = sent.with_context(|| format!("the body of {} is not wanted", self.name()))?;
        Ok(HalfOpenRequest { sent, request: self })
    }

    fn name(&self) -> String {
        format!("{} {}", self.request.method, self.request.path)
    }

    fn checked(self, response: Response, begun: Instant) -> Result<CheckedResponse> {
        let response = CheckedResponse {
            to: self.name(),
            status: response.status,
            body: response.text().into_owned(),
            cookie: response.cookie,
            headers: response.headers,
            took: begun.elapsed(),
        };
        rules::check(&self.request, &response)?;
        self.notes.keep(&response);
        Ok(response)
    }
}

/// A request that waits for its last byte.
pub(super) struct HalfOpenRequest {
    sent: HalfOpen,
    request: CheckedRequest,
}

impl HalfOpenRequest {
    pub(super) async fn finish(self) -> Result<CheckedResponse> {
        let begun = Instant::now();
        let response = self.sent.finish().await;
        let response = response.with_context(|| format!("no response to {} in two parts", self.request.name()))?;
        self.request.checked(response, begun)
    }
}

/// Sends all of them at the same time; the responses are in the order of the requests.
pub(super) async fn at_once(requests: impl IntoIterator<Item = CheckedRequest>) -> Result<Vec<CheckedResponse>> {
    let tasks: Vec<_> = requests.into_iter().map(|request| tokio::spawn(request.send())).collect();
    let mut responses = Vec::new();
    for task in tasks {
        responses.push(task.await??);
    }
    Ok(responses)
}
