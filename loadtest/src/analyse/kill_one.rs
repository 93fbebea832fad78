//! What is lost when a replica is killed?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KillOne {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<KillOne> {
    None
}

/// "A killed replica takes no state of a stateless client with it."
pub(super) fn stateless(_found: Option<&KillOne>) -> Option<Decision> {
    None
}

/// "A killed replica takes sessions with it."
pub(super) fn stateful(_found: Option<&KillOne>) -> Option<Decision> {
    None
}
