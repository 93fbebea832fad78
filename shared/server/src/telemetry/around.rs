//! Outermost middleware: what is true of every response, whoever made it?
//!
//! A request costs it one boxed future and a handful of header fields: what is measured here
//! must not drown in the measuring.

use std::future::{Future, Ready, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{Error, HttpResponse, ResponseError};

use crate::context::{Context, Part, REQUEST};
use crate::error::Refused;
use crate::health::Health;
use crate::telemetry::answer;
use crate::telemetry::head::{Head, TRACEPARENT};
use crate::telemetry::metrics::{self, Tally, Telemetry, UNMATCHED};
use shared::api::problem::Code;

/// Wraps the whole application, as the last `wrap`: `.wrap(around(&application.telemetry, &application.health))`.
pub fn around(telemetry: &Telemetry, health: &Health) -> Around {
    Around { telemetry: telemetry.clone(), health: health.clone() }
}

pub struct Around {
    telemetry: Telemetry,
    health: Health,
}

impl<S> Transform<S, ServiceRequest> for Around
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Wrapped<S>;
    type InitError = ();
    type Future = Ready<Result<Wrapped<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let tally = Rc::new(Tally::of(self.telemetry.clone()));
        ready(Ok(Wrapped { inner: Rc::new(inner), tally, health: Rc::new(self.health.clone()) }))
    }
}

/// One worker's application with everything around it.
pub struct Wrapped<S> {
    inner: Rc<S>,
    tally: Rc<Tally>,
    health: Rc<Health>,
}

impl<S> Service<ServiceRequest> for Wrapped<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<ServiceResponse, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let begun = Instant::now();
        let Head { trace, personal, size } = Head::read(&request);
        let method = metrics::method(request.method());
        let (inner, tally, health) = (Rc::clone(&self.inner), Rc::clone(&self.tally), Rc::clone(&self.health));
        Box::pin(REQUEST.scope(Context::new(trace), async move {
            let answered = match size {
                Ok(()) => caught(&*inner, request).await,
                Err(refused) => Ok(request.into_response(refused.error_response())),
            };
            REQUEST.with(|context| match answered {
                Ok(response) => {
                    let mut response = answer::as_problem(response, answer::noted(context));
                    let pattern = response.request().match_pattern();
                    let route = pattern.as_deref().unwrap_or(UNMATCHED);
                    tally.count_request(route, method, response.status(), begun.elapsed());
                    finish(context, (&tally, &health), response.response_mut(), personal);
                    Ok(response)
                }
                Err(error) => {
                    let mut response = answer::reason(&error, answer::noted(context)).error_response();
                    tally.count_request(UNMATCHED, method, response.status(), begun.elapsed());
                    finish(context, (&tally, &health), &mut response, personal);
                    Err(answer::Finished::error(response))
                }
            })
        }))
    }
}

/// A panic ends its own request and no other: not the worker, nor what else waits on the connection.
async fn caught<S>(inner: &S, request: ServiceRequest) -> Result<ServiceResponse, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
{
    // Nothing of a request outlives its panic, so nothing broken can be seen afterwards.
    let mut work = pin!(async { inner.call(request).await });
    poll_fn(|waker| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(waker))) {
        Ok(poll) => poll,
        Err(_) => Poll::Ready(Err(Refused::internal("a panic, printed above").into())),
    })
    .await
}

/// Puts on the last header fields, counts and logs.
fn finish(context: &Context, (tally, health): (&Tally, &Health), response: &mut HttpResponse, personal: bool) {
    let status = response.status();
    // The rest of a body may never end. And a client could send its next request just when a server that shuts down hangs up.
    let never_ends = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE);
    if never_ends || health.is_shutting_down() {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    dress(context, tally, response, personal || matches!(status.as_u16(), 401 | 403));
    for part in Part::ALL {
        tally.count_calls(part, context.calls[part as usize].get());
    }
    if let Some(outcome) = credential_outcome(context) {
        tally.count_credential(outcome);
    }
    let id = context.trace.id();
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(status = status.as_u16(), request_id = id, "failed");
    } else {
        tracing::debug!(status = status.as_u16(), request_id = id, "answered");
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SERVED_BY: HeaderName = HeaderName::from_static("x-served-by");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

fn dress(context: &Context, tally: &Tally, response: &mut HttpResponse<BoxBody>, personal: bool) {
    let status = response.status();
    let headers = response.headers_mut();
    let id = HeaderValue::from_str(context.trace.id()).expect("hexadecimal digits are header text");
    headers.insert(REQUEST_ID, id);
    headers.insert(SERVED_BY, tally.served_by());
    headers.insert(SERVER_TIMING, server_timing(context));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if status == StatusCode::UNAUTHORIZED && !headers.contains_key(header::WWW_AUTHENTICATE) {
        // RFC 9110, section 11.6.1: every 401 says how to do better, whoever raised it.
        headers.insert(header::WWW_AUTHENTICATE, tally.challenge());
    }
    if let Some(parent) = context.trace.parent() {
        headers.insert(TRACEPARENT, parent);
    }
    if personal && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
}

/// Milliseconds of each part (W3C Server Timing).
fn server_timing(context: &Context) -> HeaderValue {
    if context.calls.iter().all(|calls| calls.get() == 0) {
        return HeaderValue::from_static("auth;dur=0, state;dur=0, sql;dur=0");
    }
    let mut line = String::with_capacity(64);
    for part in Part::ALL {
        let micros = context.spent[part as usize].get().as_micros() as u64;
        line.push_str(if line.is_empty() { "" } else { ", " });
        line.push_str(part.name());
        line.push_str(";dur=");
        digits(micros / 1000, 1, &mut line);
        line.push('.');
        digits(micros % 1000, 3, &mut line);
    }
    HeaderValue::from_maybe_shared(line).expect("names and numbers are header text")
}

/// By hand: the standard formatter takes as long for these three numbers as the rest of the head together.
fn digits(number: u64, at_least: u32, line: &mut String) {
    if number > 9 || at_least > 1 {
        digits(number / 10, at_least.saturating_sub(1), line);
    }
    line.push(char::from(b'0' + (number % 10) as u8));
}

/// What became of the credential, if the request had to do with one.
fn credential_outcome(context: &Context) -> Option<&'static str> {
    match context.refusal.get() {
        Some(Code::CredentialMissing) => Some("credential_missing"),
        Some(Code::CredentialRejected) => Some("credential_rejected"),
        Some(Code::RefreshReused) => Some("refresh_reused"),
        Some(Code::WrongPassword) => Some("wrong_password"),
        Some(Code::TooManyGuesses) => Some("too_many_guesses"),
        Some(Code::NotAllowed) => Some("not_allowed"),
        Some(Code::CrossSite) => Some("cross_site"),
        Some(Code::StoreUnavailable) if context.calls[Part::Auth as usize].get() > 0 => Some("store_unavailable"),
        _ => (context.calls[Part::Auth as usize].get() > 0).then_some("accepted"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, web};

    use super::*;

    #[actix_web::test]
    async fn who_shuts_down_hangs_up_behind_each_answer() {
        let (telemetry, health) = (Telemetry::new("here", HeaderValue::from_static("Test")), Health::default());
        let app = App::new().route("/fine", web::get().to(async || "fine")).wrap(around(&telemetry, &health));
        let app = init_service(app).await;
        let ends = async |path: &str| {
            let answered = call_service(&app, TestRequest::get().uri(path).to_request()).await;
            answered.response().head().connection_type() == ConnectionType::Close
        };
        assert!(!ends("/fine").await);
        health.begin_shutdown();
        assert!(ends("/fine").await && ends("/nowhere").await);
    }
}
