//! HTTP client errors: why is there no response?

use std::io;
use std::time::Duration;

use crate::response_parser::Malformed;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("nobody listens at {0}")]
    Refused(String),
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, io::Error),
    #[error("the server hung up before it had answered")]
    HungUp,
    #[error("no response within {0:?}")]
    TimedOut(Duration),
    #[error("instead of asking for the body the server answered {0}")]
    Early(u16),
    #[error(transparent)]
    Malformed(#[from] Malformed),
}
