//! What is tried, one line a case?

mod algorithms;
mod carriers;
mod claims;
mod tampering;

pub use super::case::{Case, Company, Group};

/// Every question, in the order in which it is asked: what disturbs others comes last.
pub fn all() -> Vec<Group> {
    vec![tampering::group(), algorithms::group(), claims::group(), carriers::group()]
}
