//! Who is compared with whom?

use crate::recording::Mode;

/// The left column of the textbook's table.
pub const STATELESS: Mode = Mode::Jwt;
/// The right one.
pub const STATEFUL: Mode = Mode::SessionRedis;
