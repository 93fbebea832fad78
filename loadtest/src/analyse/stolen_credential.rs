//! What is a stolen or forged credential worth?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StolenCredential {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<StolenCredential> {
    None
}

/// "A forged token is refused."
pub(super) fn forged(_found: Option<&StolenCredential>) -> Option<Decision> {
    None
}

/// "A session can be fixed on its victim."
pub(super) fn fixation(_found: Option<&StolenCredential>) -> Option<Decision> {
    None
}

/// "A stolen token works for longer than a stolen cookie."
pub(super) fn replayed(_found: Option<&StolenCredential>) -> Option<Decision> {
    None
}
