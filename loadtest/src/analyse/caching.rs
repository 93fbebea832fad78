//! Can a shared cache answer instead?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Caching {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<Caching> {
    None
}

/// "A shared cache can answer for the stateless server."
pub(super) fn stateless(_found: Option<&Caching>) -> Option<Decision> {
    None
}

/// "A shared cache cannot answer for the stateful one."
pub(super) fn stateful(_found: Option<&Caching>) -> Option<Decision> {
    None
}
