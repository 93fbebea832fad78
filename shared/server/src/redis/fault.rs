//! Redis errors: what does one say about the connection, and what is logged of it?

use std::io;

use redis::{RedisError, RedisResult};

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nobody was asked: why, in message for the log.
    Down(String),
    /// Redis was asked.
    Failed(RedisError),
}

/// What a server says that cannot serve now, whoever asks: a master that is one no more, one that still reads its data, a
/// replica without its master, a server that wants to see the password again. Another connection may lead to a better one.
const OUT_OF_SERVICE: [&str; 4] = ["READONLY", "LOADING", "MASTERDOWN", "NOAUTH"];

/// Whether the connection is of no use any more. All else, as `OOM` or `CLUSTERDOWN`, is the answer to one question.
pub(super) fn breaks(error: &RedisError) -> bool {
    let out_of_service = || error.code().is_some_and(|code| OUT_OF_SERVICE.contains(&code));
    error.is_io_error() || error.is_unrecoverable_error() || out_of_service()
}

/// As if the kernel had told that nobody answers.
pub(super) fn timed_out<T>() -> RedisResult<T> {
    Err(io::Error::from(io::ErrorKind::TimedOut).into())
}

/// For the log: Redis' own words, and what to do where they do not say it.
pub(super) fn message(error: &RedisError) -> String {
    let text = error.to_string();
    if error.redirect_node().is_some() {
        return format!("{text}: this server belongs to a cluster, so --redis-url must begin with redis+cluster://");
    }
    if text.contains("invalid peer certificate") {
        return format!("{text}: --redis-url can name whose signature to trust, by ?ca=FILE");
    }
    text
}

impl Fault {
    pub(super) fn message(&self) -> String {
        match self {
            Fault::Down(cause) => cause.clone(),
            Fault::Failed(error) => message(error),
        }
    }
}
