//! Server status: which server is this, and is it well?

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `GET /api/meta`: which of the two, and how it was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    pub server: String,
    pub instance: String,
    pub version: String,
    pub credential: CredentialKind,
    pub state_held_by: Holder,
    /// The settings it was started with, without anything secret.
    pub options: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CredentialKind {
    Bearer,
    Cookie,
}

/// Who remembers what happened between two requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    Client,
    Database,
    Redis,
    /// The process that answers, in its own memory.
    Server,
}

/// `GET /health/live` and `GET /health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    pub status: String,
}
