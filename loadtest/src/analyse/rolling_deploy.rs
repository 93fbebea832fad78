//! Does anybody notice a new version?

use serde::Serialize;

use super::claims::Decision;
use crate::recording::Recording;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingDeploy {}

/// None when it was not tried.
pub fn findings(_recording: &Recording) -> Option<RollingDeploy> {
    None
}

/// "A stateless fleet is replaced without anybody noticing."
pub(super) fn unnoticed(_found: Option<&RollingDeploy>) -> Option<Decision> {
    None
}

/// "A stateful fleet logs people out when it is replaced."
pub(super) fn logged_out(_found: Option<&RollingDeploy>) -> Option<Decision> {
    None
}
