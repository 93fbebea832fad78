//! What can go wrong with a request?

/// Why a request did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nobody listens there.
    Refused,
    /// No connection, for another reason.
    Unreachable,
    /// The connection broke before the whole answer was here.
    Reset,
    /// The answer was not HTTP.
    Garbled,
    /// No whole answer within the deadline, counted from when the request was due.
    TimedOut,
    /// An answer, of 400 and above.
    Status(u16),
}
