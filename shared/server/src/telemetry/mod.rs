//! What happened to this request, and where did the time go?
//!
//! [`around`] wraps everything else: it gives every request a context, and every response the same head. Whoever works
//! on a request in between speaks to that context through the functions here; outside a request they do nothing.

mod answer;
mod around;
mod head;
mod metrics;
mod trace;

use std::borrow::Cow;
use std::cell::Cell;
use std::future::Future;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use tracing_subscriber::EnvFilter;

pub use around::{Around, around};
pub use metrics::{CONTENT_TYPE, Telemetry};

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
    const ALL: [Part; 3] = [Part::Auth, Part::State, Part::Sql];

    fn name(self) -> &'static str {
        match self {
            Part::Auth => "auth",
            Part::State => "state",
            Part::Sql => "sql",
        }
    }
}

/// What is known about the request under way.
struct Context {
    trace: Trace,
    spent: [Cell<Duration>; Part::ALL.len()],
    calls: [Cell<u32>; Part::ALL.len()],
    refusal: Cell<Option<Code>>,
    noted: Cell<Option<(Code, Cow<'static, str>)>>,
}

tokio::task_local! {
    static REQUEST: Context;
}

impl Context {
    fn new(trace: Trace) -> Context {
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

/// Logs go to standard error, at the level of `RUST_LOG`: unless told otherwise, warnings of everybody and our own news, but
/// no line for every nonsense that a stranger sends: two of our libraries would write one.
pub fn init_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LEVELS));
    let colours = std::io::stderr().is_terminal();
    // A second call, as from two tests of one process, changes nothing.
    let _already =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).try_init();
}

const DEFAULT_LEVELS: &str =
    "warn,actix_http=off,actix_session=error,server=info,stateless_server=info,stateful_server=info";
