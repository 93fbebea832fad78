//! Experiment `scale-out`: what was found, and how is it told?

pub mod chapter;
pub mod curves;
pub mod findings;
pub mod forecast;
pub mod step;
pub mod usl;
