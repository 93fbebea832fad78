//! Database errors: what can a caller do about each of them?

use crate::error::Refused;
use shared::api::problem::Code;

/// Why a statement has no rows to give. The texts are causes for the log, never for a client.
#[derive(Debug)]
pub(super) enum Failure {
    /// Somebody else held what was needed, for too long.
    Locked(String),
    /// The database does not answer, or cannot do its work: disk, memory, connections.
    Unavailable(String),
    /// The row would belong to a user who is not there.
    NoSuchUser,
    /// Our SQL or our schema is wrong.
    Mistake(String),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Refused {
        match failure {
            Failure::Locked(cause) | Failure::Unavailable(cause) => Refused::store_unavailable("database", cause),
            // The credential was good and outlived its user. Else a deleted user would see a 500.
            Failure::NoSuchUser => Refused::because(Code::CredentialRejected),
            Failure::Mistake(cause) => Refused::internal(cause),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        use sqlx::Error::{ColumnDecode, ColumnIndexOutOfBounds, ColumnNotFound, Database, Decode, Encode};
        let cause = error.to_string();
        match error {
            // Products and drafts are looked up before a row refers to them, so only the user can be missing.
            Database(error) if error.is_foreign_key_violation() => Failure::NoSuchUser,
            Database(error) => coded(&error.code().unwrap_or_default(), cause),
            ColumnDecode { .. } | ColumnIndexOutOfBounds { .. } | ColumnNotFound(_) | Decode(_) | Encode(_) => {
                Failure::Mistake(cause)
            }
            _ => Failure::Unavailable(cause),
        }
    }
}

/// Does another connection to the SQLite file hold the lock?
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// An SQLSTATE has five characters (Postgres manual, appendix A), a result code of SQLite is a shorter number whose last
/// byte is the kind (sqlite.org/rescode.html).
fn coded(code: &str, cause: String) -> Failure {
    if code.len() == 5 {
        return match (code, &code[..2]) {
            // lock_not_available, query_canceled by its own limit, deadlock_detected, serialization_failure
            ("55P03" | "57014" | "40P01" | "40001", _) => Failure::Locked(cause),
            // data exception, integrity constraint violation, syntax error or access rule violation
            (_, "22" | "23" | "42") => Failure::Mistake(cause),
            _ => Failure::Unavailable(cause),
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        // BUSY, LOCKED
        Ok(5 | 6) => Failure::Locked(cause),
        // ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE
        Ok(1 | 19 | 20 | 21 | 25) => Failure::Mistake(cause),
        _ => Failure::Unavailable(cause),
    }
}
