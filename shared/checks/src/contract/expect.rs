//! Expectations: what was expected, and what was seen instead?

use std::fmt::{self, Debug};

use anyhow::Result;

/// The server's answer is not the contract's.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) asked: String,
    pub(super) expected: String,
    pub(super) seen: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, seen {}", self.asked, self.expected, self.seen)
    }
}

impl std::error::Error for Mismatch {}

/// Characters of an answer that help: a problem is shorter, a catalogue is not.
const SEEN: usize = 1000;

pub(super) fn mismatch(asked: &str, expected: impl Into<String>, seen: impl AsRef<str>) -> anyhow::Error {
    let seen = seen.as_ref().chars().take(SEEN).collect();
    Mismatch { asked: asked.into(), expected: expected.into(), seen }.into()
}

/// Both are the same.
pub(super) fn same<T: PartialEq + Debug + ?Sized>(asked: &str, expected: &T, seen: &T) -> Result<()> {
    if expected == seen { Ok(()) } else { Err(mismatch(asked, format!("{expected:?}"), format!("{seen:?}"))) }
}

/// The sentence is true of what was seen.
pub(super) fn holds(asked: &str, sentence: &str, seen: impl Debug, is_true: bool) -> Result<()> {
    if is_true { Ok(()) } else { Err(mismatch(asked, sentence, format!("{seen:?}"))) }
}
