//! Evidence: which figures count, how sure are they, and where are the lines drawn?

pub(crate) mod blocks;
pub mod claims;
pub mod component;
pub(crate) mod distribution;
pub mod interval;
pub mod metric;
pub mod noise;
pub mod operational;
pub mod paired;
pub mod rank;
pub mod sides;
pub mod thresholds;
pub mod validity;
pub mod verdict;
