//! The models: what do both servers, their checks and the load test have in common?

pub mod api;
pub mod checkout;
pub mod modes;
#[cfg(feature = "server")]
pub mod vocabulary;
