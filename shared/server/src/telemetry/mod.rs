//! Telemetry: what do log, metrics and every response's head say of a request?
//!
//! [`around`] wraps everything else: it gives every request a [context](crate::context), and every response the same head.

mod answer;
mod around;
mod head;
mod metrics;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub use around::{Around, around};
pub use metrics::{CONTENT_TYPE, Telemetry};

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
