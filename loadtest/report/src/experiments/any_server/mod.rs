//! Experiment `any-server`: what was found, and how is it told?

pub mod chapter;
pub mod findings;
