//! Can any replica answer any request?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnyServer {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<AnyServer> {
    None
}

/// "Any replica can answer a token."
pub(super) fn stateless(_found: Option<&AnyServer>) -> Option<Decision> {
    None
}

/// "A session needs a client that sticks to its replica."
pub(super) fn stateful(_found: Option<&AnyServer>) -> Option<Decision> {
    None
}
