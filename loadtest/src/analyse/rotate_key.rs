//! Does anybody notice a new key?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RotateKey {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<RotateKey> {
    None
}

/// "A new signing key is a burden that tokens bring with them."
pub(super) fn stateless(_found: Option<&RotateKey>) -> Option<Decision> {
    None
}
