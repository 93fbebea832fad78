//! Attack cases: what is tried, one line a case?

mod algorithms;
mod carriers;
mod claims;
mod cross_site;
mod fixation;
mod games;
mod guessing;
mod oversize;
mod races;
mod renewals;
pub mod replay;
mod shared_cache;
mod slowness;
mod smuggling;
mod storm;
mod tampering;

use crate::attacks::case::Group;

/// Every question, in the order in which it is asked: what disturbs others comes last.
pub fn all() -> Vec<Group> {
    vec![
        tampering::group(),
        algorithms::group(),
        claims::group(),
        carriers::group(),
        fixation::group(),
        replay::group(),
        renewals::group(),
        races::group(),
        cross_site::group(),
        smuggling::group(),
        games::group(),
        oversize::group(),
        shared_cache::group(),
        guessing::group(),
        slowness::group(),
        storm::group(),
    ]
}
