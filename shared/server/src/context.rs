//! Request context: what happened to the request under way, and where did its time go?
//!
//! [`telemetry`](crate::telemetry) gives every request one. Whoever works on the request speaks to it through the functions
//! here; outside a request they do nothing.

pub(super) mod trace;

use std::borrow::Cow;
use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

use shared::api::problem::Code;
use trace::Trace;

/// What a request can spend its time on, besides the handler itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Asking who is calling, and giving out credentials.
    Auth,
    /// Asking the store that remembers callers and drafts.
    State,
    /// Asking the database.
    Sql,
}

impl Part {
    pub(super) const ALL: [Part; 3] = [Part::Auth, Part::State, Part::Sql];

    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Auth => "auth",
            Part::State => "state",
            Part::Sql => "sql",
        }
    }
}

/// What is known about the request under way.
pub(super) struct Context {
    pub(super) trace: Trace,
    pub(super) spent: [Cell<Duration>; Part::ALL.len()],
    pub(super) calls: [Cell<u32>; Part::ALL.len()],
    pub(super) refusal: Cell<Option<Code>>,
    pub(super) noted: Cell<Option<(Code, Cow<'static, str>)>>,
}

tokio::task_local! {
    pub(super) static REQUEST: Context;
}

impl Context {
    pub(super) fn new(trace: Trace) -> Context {
        Context {
            trace,
            spent: Default::default(),
            calls: Default::default(),
            refusal: Cell::new(None),
            noted: Cell::new(None),
        }
    }

    fn add(&self, part: Part, spent: Duration) {
        let (total, calls) = (&self.spent[part as usize], &self.calls[part as usize]);
        total.set(total.get() + spent);
        calls.set(calls.get() + 1);
    }
}

/// Does the work, and adds its time and one call of that part to the request. Parts within parts count in both.
pub async fn timed<T>(part: Part, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    let _outside_a_request = REQUEST.try_with(|context| context.add(part, begun.elapsed()));
    done
}

/// The id of the request under way: 32 hexadecimal digits; empty outside a request.
pub fn request_id() -> String {
    REQUEST.try_with(|context| context.trace.id().to_owned()).unwrap_or_default()
}

/// Remembers why a store refused. The sessions' middleware turns every error of its store into an empty 500: with this
/// note the client is told the reason all the same.
pub fn note(code: Code, detail: Cow<'static, str>) {
    let _outside_a_request = REQUEST.try_with(|context| context.noted.set(Some((code, detail))));
}

/// Counts the refusal that this request ends in.
pub fn refused(code: Code) {
    let _outside_a_request = REQUEST.try_with(|context| context.refusal.set(Some(code)));
}
