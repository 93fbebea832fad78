//! What is tried, one line a case?

mod algorithms;
mod carriers;
mod claims;
mod cross_site;
mod fixation;
mod games;
mod oversize;
mod races;
pub mod replay;
mod smuggling;
mod tampering;

pub use super::case::{Case, Company, Group};

/// Every question, in the order in which it is asked: what disturbs others comes last.
pub fn all() -> Vec<Group> {
    vec![
        tampering::group(),
        algorithms::group(),
        claims::group(),
        carriers::group(),
        fixation::group(),
        replay::group(),
        races::group(),
        cross_site::group(),
        smuggling::group(),
        games::group(),
        oversize::group(),
    ]
}
