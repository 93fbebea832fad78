//! Failures: what can go wrong with a request?

/// Why a request did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nobody listens there.
    Refused,
    /// No connection, for another reason.
    Unreachable,
    /// The connection broke before the whole answer was here.
    Reset,
    /// No connection because this side has no more files or ports: that says nothing of the server.
    Ours,
    /// The answer was not HTTP.
    Malformed,
    /// No whole answer within the timeout, counted from when the request was due.
    TimedOut,
    /// An answer, of 400 and above.
    Status(u16),
}

impl Failure {
    /// Of a connection, in a word or two.
    pub fn kind(self) -> Option<&'static str> {
        match self {
            Failure::Refused => Some("refused"),
            Failure::Unreachable => Some("unreachable"),
            Failure::Reset => Some("broken off"),
            Failure::Malformed => Some("not HTTP"),
            Failure::Ours => Some("without a free file or port here"),
            Failure::TimedOut | Failure::Status(_) => None,
        }
    }
}
