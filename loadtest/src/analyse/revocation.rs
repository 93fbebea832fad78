//! How long does a credential outlive its logout?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<Revocation> {
    None
}

/// "A token outlives its logout, and a session does not."
pub(super) fn outlives(_found: Option<&Revocation>) -> Option<Decision> {
    None
}

/// "To end a token at once costs what a session costs."
pub(super) fn bought(_found: Option<&Revocation>) -> Option<Decision> {
    None
}
