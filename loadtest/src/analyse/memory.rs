//! What does a login cost while nobody asks?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<Memory> {
    None
}

/// "A login takes no server memory without a session."
pub(super) fn stateless(_found: Option<&Memory>) -> Option<Decision> {
    None
}

/// "A session takes server memory for as long as it lasts."
pub(super) fn stateful(_found: Option<&Memory>) -> Option<Decision> {
    None
}
