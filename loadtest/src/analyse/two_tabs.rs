//! What happens to two tabs of one person?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TwoTabs {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<TwoTabs> {
    None
}

/// "Work in several steps is safer in a session."
pub(super) fn workflows(_found: Option<&TwoTabs>) -> Option<Decision> {
    None
}
