//! Checked response: what did the server say?

use std::time::Duration;

use anyhow::Result;
use serde::de::DeserializeOwned;
use wire::headers::Headers;

use crate::contract::expect::mismatch;
use shared::api::problem::{Code, Problem};

/// One response, read to its end.
#[derive(Debug, Clone)]
pub(super) struct CheckedResponse {
    /// The request, for error messages: `GET /api/whoami`.
    pub(super) to: String,
    pub(super) status: u16,
    pub(super) headers: Headers,
    /// `name=value` of the cookie that it sets; one without a value is taken back.
    pub(super) cookie: Option<String>,
    pub(super) body: String,
    /// From the first byte sent to the last byte read.
    pub(super) took: Duration,
}

impl CheckedResponse {
    /// A header field, or nothing: absent and empty are the same to all who ask here.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name)
    }

    pub(super) fn has_status(&self, expected: u16) -> Result<&CheckedResponse> {
        if self.status == expected { Ok(self) } else { Err(self.unexpected(expected.to_string())) }
    }

    /// A success with a body of the contract's shape.
    pub(super) fn json<T: DeserializeOwned>(&self, expected: u16) -> Result<T> {
        self.has_status(expected)?;
        let shape = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
        serde_json::from_str(&self.body)
            .map_err(|error| self.unexpected(format!("{expected} with a {shape} ({error})")))
    }

    /// A refusal for this reason. That its form is right is checked of every response.
    pub(super) fn refused(&self, code: Code) -> Result<Problem> {
        let problem: Option<Problem> = serde_json::from_str(&self.body).ok();
        let problem = problem.filter(|problem| problem.code == code && self.status == code.status());
        problem.ok_or_else(|| self.unexpected(format!("{} {code:?}", code.status())))
    }

    /// A refusal of values, naming these fields and no others.
    pub(super) fn refused_fields(&self, fields: &[&str]) -> Result<()> {
        let problem = self.refused(Code::InvalidValues)?;
        let mut named: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        named.dedup(); // One value can break two rules.
        if named == fields { Ok(()) } else { Err(self.unexpected(format!("errors that name {fields:?}"))) }
    }

    /// The header field is exactly this.
    pub(super) fn has_header(&self, name: &str, expected: &str) -> Result<&CheckedResponse> {
        let seen = self.header(name);
        if seen == expected {
            Ok(self)
        } else {
            Err(mismatch(&self.to, format!("{name}: {expected}"), format!("{name}: {seen}")))
        }
    }

    pub(super) fn unexpected(&self, expected: impl Into<String>) -> anyhow::Error {
        mismatch(&self.to, expected, format!("{} {}", self.status, self.body))
    }
}
