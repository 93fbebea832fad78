//! Error responses: what does a client read when something went wrong, whoever raised it?
//!
//! The router, the extractors of the framework and the sessions' middleware have error bodies of their own, or none. Here
//! they all become the one problem of [`Refused`].

use std::cell::RefCell;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, HttpResponse, ResponseError};

use crate::context::Context;
use crate::error::Refused;
use shared::api::problem::Code;

/// What a store said while the request was under way, if one did.
pub(super) fn noted(context: &Context) -> Option<Refused> {
    context.noted.take().map(|(code, detail)| Refused::saying(code, detail))
}

/// The reason behind an error that no handler turned into an answer.
pub(super) fn reason(error: &Error, noted: Option<Refused>) -> Refused {
    match (noted, error.as_error::<Refused>()) {
        (Some(noted), _) => noted,
        (None, Some(refused)) => refused.clone(),
        (None, None) => {
            let status = error.as_response_error().status_code();
            if status.is_server_error() { Refused::internal(error) } else { Refused::because(code(status)) }
        }
    }
}

/// Replaces the body of an error that is not a problem yet. Its header fields stay: `Allow`, and cookies taken back.
pub(super) fn as_problem(mut response: ServiceResponse, noted: Option<Refused>) -> ServiceResponse {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || is_problem(&response) {
        return response;
    }
    let refused = noted.unwrap_or_else(|| Refused::because(code(status)));
    let problem = refused.error_response();
    for stale in [header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        response.headers_mut().remove(stale);
    }
    for (name, value) in problem.headers() {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    *response.response_mut().status_mut() = problem.status();
    response.map_body(|_, _| problem.into_body())
}

fn is_problem(response: &ServiceResponse) -> bool {
    response.headers().get(header::CONTENT_TYPE) == Some(&HeaderValue::from_static("application/problem+json"))
}

/// The code for an error of which only the status is known. A status without a code of its own becomes 400 or 500.
fn code(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::CredentialMissing,
        StatusCode::FORBIDDEN => Code::NotAllowed,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PRECONDITION_FAILED => Code::StaleWrite,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => Code::InvalidValues,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Code::HeadersTooLarge,
        StatusCode::SERVICE_UNAVAILABLE => Code::Overloaded,
        status if status.is_server_error() => Code::Internal,
        _ => Code::MalformedRequest,
    }
}

/// An answer that left the application on the error's path, where only an error may travel.
pub(super) struct Finished(RefCell<Option<HttpResponse>>);

impl Finished {
    pub(super) fn error(response: HttpResponse) -> Error {
        Finished(RefCell::new(Some(response))).into()
    }
}

impl ResponseError for Finished {
    fn status_code(&self) -> StatusCode {
        self.0.borrow().as_ref().map_or(StatusCode::INTERNAL_SERVER_ERROR, HttpResponse::status)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.0.take().unwrap_or_else(|| HttpResponse::InternalServerError().finish())
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answered with {}", self.status_code())
    }
}
