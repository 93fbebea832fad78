//! API models: which words do client and server share?
//!
//! Paths, bodies and problems, in serde alone: whoever speaks to a server needs this module and nothing behind it.
//! JSON is camelCase, times are RFC 3339 in UTC, ids are integers, money is integer cents.

pub mod account;
pub mod checkout;
pub mod credential;
pub mod meta;
pub mod paths;
pub mod problem;
pub mod shop;
mod whole;
