//! Fault experiments: what do those that break something have in common?

pub mod chapter;
pub mod summary;
