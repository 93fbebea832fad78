//! Reference pair: who is compared with whom?

use serde::Serialize;

use crate::recording::Mode;

/// The left column of the textbook's table.
pub const STATELESS: Mode = Mode::Jwt;
/// The right one.
pub const STATEFUL: Mode = Mode::SessionRedis;

/// Of whom something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    Stateless,
    Stateful,
}
