//! What is lost when Redis is?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoseRedis {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<LoseRedis> {
    None
}

/// "Session data can be lost."
pub(super) fn lost(_found: Option<&LoseRedis>) -> Option<Decision> {
    None
}

/// "A stateless fleet does not notice when Redis fails."
pub(super) fn unnoticed(_found: Option<&LoseRedis>) -> Option<Decision> {
    None
}
