//! Prometheus metrics: how often, how long, and with which outcome?
//!
//! Every label has few values: route patterns and not paths, known methods and not whatever a client invents.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::context::Part;

/// What is counted in this process, and under which name it answers. Clones share the counters.
#[derive(Clone)]
pub struct Telemetry {
    pub(super) served_by: HeaderValue,
    pub(super) challenge: HeaderValue,
    meters: Arc<Meters>,
}

/// The media type of [`Telemetry::render`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

struct Meters {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Request, Histogram, fn() -> Histogram>,
    calls: [Counter; Part::ALL.len()],
    credentials: Family<Outcome, Counter>,
    demo_logins: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// Upper bounds in seconds: from a memory lookup to a stalled store.
const BUCKETS: [f64; 14] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

impl Telemetry {
    /// `instance` is what `X-Served-By` says; what no header may hold is left out of it.
    pub fn new(instance: &str, challenge: HeaderValue) -> Telemetry {
        let visible: String = instance.chars().filter(|letter| (' '..='~').contains(letter)).collect();
        let served_by = HeaderValue::from_str(visible.trim()).expect("visible ASCII is header text");
        Telemetry { served_by, challenge, meters: Arc::new(Meters::registered()) }
    }

    pub fn count_demo_login(&self) {
        self.meters.demo_logins.inc();
    }

    /// OpenMetrics text, which every Prometheus reads.
    pub fn render(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.meters.registry).expect("writing to memory does not fail");
        page
    }
}

impl Meters {
    fn registered() -> Meters {
        let mut registry = Registry::default();
        let requests = Family::default();
        let seconds = Family::<_, _, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let calls: [Counter; Part::ALL.len()] = Default::default();
        let (credentials, demo_logins) = (Family::default(), Counter::default());
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_duration_seconds", "From the head's arrival to the answer's", seconds.clone());
        registry.register("credential_outcomes", "Credentials accepted, and refused by code", credentials.clone());
        registry.register("demo_logins", "Visitors logged in at SIGUSR1", demo_logins.clone());
        for (part, counter) in Part::ALL.into_iter().zip(&calls) {
            registry.register(format!("{}_calls", part.name()), "Times that somebody was asked", counter.clone());
        }
        Meters { registry, requests, seconds, calls, credentials, demo_logins }
    }
}

/// One worker's way to the counters: it looks a series up by borrowed words and asks the shared tables once per series.
pub(super) struct Tally {
    telemetry: Telemetry,
    routes: RefCell<HashMap<String, Vec<Series>>>,
}

struct Series {
    method: &'static str,
    status: StatusCode,
    requests: Counter,
    seconds: Histogram,
}

impl Series {
    fn count(&self, took: Duration) {
        self.requests.inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

/// The route of a request that no route matched, or that did not come back from one.
pub(super) const UNMATCHED: &str = "unmatched";

impl Tally {
    pub(super) fn of(telemetry: Telemetry) -> Tally {
        Tally { telemetry, routes: RefCell::default() }
    }

    pub(super) fn count_request(&self, route: &str, method: &'static str, status: StatusCode, took: Duration) {
        let mut routes = self.routes.borrow_mut();
        let known = |series: &&Series| series.method == method && series.status == status;
        if let Some(series) = routes.get(route).and_then(|all| all.iter().find(known)) {
            return series.count(took);
        }
        let series = self.series(route, method, status);
        series.count(took);
        routes.entry(route.to_owned()).or_default().push(series);
    }

    pub(super) fn count_calls(&self, part: Part, calls: u32) {
        if calls > 0 {
            self.telemetry.meters.calls[part as usize].inc_by(calls.into());
        }
    }

    pub(super) fn count_credential(&self, outcome: &'static str) {
        self.telemetry.meters.credentials.get_or_create(&Outcome { outcome }).inc();
    }

    pub(super) fn challenge(&self) -> HeaderValue {
        self.telemetry.challenge.clone()
    }

    pub(super) fn served_by(&self) -> HeaderValue {
        self.telemetry.served_by.clone()
    }

    fn series(&self, route: &str, method: &'static str, status: StatusCode) -> Series {
        let labels = Request { route: route.to_owned(), method, status: status.as_u16() };
        let requests = self.telemetry.meters.requests.get_or_create(&labels).clone();
        let seconds = self.telemetry.meters.seconds.get_or_create(&labels).clone();
        Series { method, status, requests, seconds }
    }
}

/// The method as a label.
pub(super) fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}
