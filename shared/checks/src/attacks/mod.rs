//! Attack suite: what can somebody do who does not keep to the rules?
//!
//! A black box: it needs URLs, and for some cases what a rig knows: the signing key, the processes, a cache in front. One line
//! a case: what somebody does, which rule says what must come of it, and what does on each mode. A difference between
//! the modes is declared, and so is a weakness: what nobody declared fails.

pub mod case;
pub mod cases;
pub mod cell;
mod checkout;
pub mod fleet;
pub mod forge;
pub mod grid;
mod judge;
mod raw;
pub mod target;
mod together;
