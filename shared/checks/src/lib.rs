//! Black-box checks of a running server: does it keep its contract, and what does an attacker see?

pub mod attacks;
pub mod contract;
