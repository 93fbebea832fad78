//! Request limits: how much may a request ask of us before anybody looks at it?

use std::time::Duration;

use crate::error::Refused;
use shared::api::problem::Code;

/// Bytes of a body.
pub const BODY_BYTES: usize = 64 * 1024;
/// Arrays and objects within each other in a body: deeper ones cost a parser its stack.
pub const JSON_DEPTH: usize = 32;
/// Bytes of all header fields together, names and values.
pub const HEADER_BYTES: usize = 16 * 1024;
/// Bytes of a request target: far beyond any path and query of ours.
pub const TARGET_BYTES: usize = 8 * 1024;
/// For the head of a connection's first request to arrive. actix-web times no later one: once begun, that may drip on.
pub const HEAD: Duration = Duration::from_secs(5);
/// Seconds for which requests under way may finish after the server has stopped accepting.
pub const DRAIN_SECONDS: u64 = 10;

/// How long a body may take. Tests bring shorter ones as `app_data`.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Between two pieces.
    pub idle: Duration,
    /// For all of it.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { idle: Duration::from_secs(10), whole: Duration::from_secs(30) }
    }
}

/// Is a head of this size acceptable?
///
/// # Errors
/// `HeadersTooLarge`, or `MalformedRequest` for an absurd target.
pub(super) fn check_head(header_bytes: usize, target_bytes: usize) -> Result<(), Refused> {
    if header_bytes > HEADER_BYTES {
        return Err(Refused::because(Code::HeadersTooLarge));
    }
    if target_bytes > TARGET_BYTES {
        return Err(Refused::saying(Code::MalformedRequest, "The path and query hold 8 KiB at most."));
    }
    Ok(())
}
