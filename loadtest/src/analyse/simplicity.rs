//! Which server is the simpler one?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simplicity {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<Simplicity> {
    None
}

/// "The stateless server is the simpler one."
pub(super) fn shorter(_found: Option<&Simplicity>) -> Option<Decision> {
    None
}
