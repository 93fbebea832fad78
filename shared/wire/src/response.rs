//! HTTP response: what did the server say?

use std::borrow::Cow;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::headers::Headers;

/// One response, read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// `name=value` of the first `Set-Cookie`; the rest of the line is for browsers.
    pub cookie: Option<String>,
    /// Empty unless they were to be kept; names in lower case.
    pub headers: Headers,
    /// Empty unless it was to be kept.
    pub body: Vec<u8>,
    /// Whether the connection may carry another request.
    pub reusable: bool,
}

impl Response {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name)
    }

    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    pub fn is_success(&self) -> bool {
        (200..400).contains(&self.status)
    }

    /// # Errors
    /// It has no JSON body, or this status is not its own.
    pub fn json(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("expected {status}, seen {} {}", self.status, self.text());
        }
        serde_json::from_slice(&self.body).with_context(|| format!("no JSON: {:?}", self.text()))
    }

    /// The cookie that it gives; a removal is none.
    pub fn given_cookie(&self) -> Option<String> {
        self.cookie.clone().filter(|pair| !pair.ends_with('='))
    }

    /// Is this as a refusal must be? An RFC 9457 problem wherever code of ours answers, and on 401 how to do better.
    ///
    /// # Errors
    /// What is missing.
    pub fn check_refusal(&self) -> Result<()> {
        /// Statuses that the protocol layer gives before any code of ours sees a request: an empty body is all there is.
        const BY_PROTOCOL: [u16; 3] = [400, 408, 431];
        if self.status >= 500 && self.status != 503 {
            bail!("a {} for bad input", self.status);
        }
        if self.header("content-type") != "application/problem+json"
            && !(BY_PROTOCOL.contains(&self.status) && self.body.is_empty())
        {
            bail!("a {} without a problem: {:?}", self.status, self.text());
        }
        if self.status == 401 && self.header("www-authenticate").is_empty() {
            bail!("a 401 without WWW-Authenticate");
        }
        if [429, 503].contains(&self.status) && self.header("retry-after").is_empty() {
            bail!("a {} without Retry-After", self.status);
        }
        Ok(())
    }
}
