//! Error response: how does a refusal become an answer?

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};

use crate::context;
use shared::api::problem::{Code, FieldError, Problem};

/// Why a request was not done: the one error of this crate's server side, and of both servers.
#[derive(Debug, Clone)]
pub struct Refused {
    pub code: Code,
    /// For people: what to do next. Never a secret, never another crate's words about its inside.
    pub detail: Cow<'static, str>,
    pub errors: Vec<FieldError>,
    /// Header fields that belong to the refusal: `Allow`, `WWW-Authenticate`.
    pub headers: Vec<(header::HeaderName, HeaderValue)>,
}

static LAST_OUTAGE_LOGGED: AtomicI64 = AtomicI64::new(0);

/// Seconds in `Retry-After`: stores that come back do so within two.
const RETRY_AFTER_SECONDS: u16 = 2;

impl Refused {
    /// The code's own explanation is the detail.
    pub fn because(code: Code) -> Refused {
        Refused::saying(code, code.explanation().trim())
    }

    pub fn saying(code: Code, detail: impl Into<Cow<'static, str>>) -> Refused {
        Refused { code, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// The code's own title about one field, for a 422.
    pub fn about(code: Code, field: &str) -> Refused {
        Refused {
            errors: vec![FieldError { field: field.into(), message: code.title().into() }],
            ..Refused::because(code)
        }
    }

    pub fn invalid(errors: Vec<FieldError>) -> Refused {
        Refused { errors, ..Refused::because(Code::InvalidValues) }
    }

    /// Something that must not happen did: the cause goes to the log, never to the client.
    pub fn internal(cause: impl fmt::Display) -> Refused {
        tracing::error!(%cause, request_id = %context::request_id(), "internal error");
        Refused::because(Code::Internal)
    }

    pub fn store_unavailable(store: &str, cause: impl fmt::Display) -> Refused {
        // One line a second tells as much as the thousands of an outage under load.
        let second = jiff::Timestamp::now().as_second();
        if LAST_OUTAGE_LOGGED.swap(second, Ordering::Relaxed) != second {
            tracing::warn!(%cause, store, request_id = %context::request_id(), "store unavailable");
        }
        Refused::saying(
            Code::StoreUnavailable,
            format!("The {store} store does not answer. Repeat the request after Retry-After seconds."),
        )
    }

    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Refused {
        self.headers.push((name, value));
        self
    }

    pub fn problem(&self) -> Problem {
        let code = word(self.code);
        Problem {
            r#type: format!("/problems/{code}"),
            title: self.code.title().into(),
            status: self.code.status(),
            detail: self.detail.clone().into_owned(),
            code: self.code,
            request_id: context::request_id(),
            errors: self.errors.clone(),
        }
    }
}

/// The code as it stands in JSON.
pub(super) fn word(code: Code) -> String {
    serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.title(), self.detail)
    }
}

impl std::error::Error for Refused {}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).expect("codes are declared with valid statuses")
    }

    fn error_response(&self) -> HttpResponse {
        context::refused(self.code);
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        if self.code.status() == 503 {
            response.insert_header((header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS)));
        }
        response.json(self.problem())
    }
}
