//! What do both servers, their checks and the load test have in common?

pub mod api;
pub mod checkout;
#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "contract")]
pub mod rig;
#[cfg(feature = "contract")]
pub mod security;
#[cfg(feature = "server")]
pub mod server;
