//! How is a drill said?

use crate::recording::{Fault, Way};

/// How a request found its replica.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::RoundRobin => "one after the other",
        Way::Sticky => "always the same",
        Way::Random => "at random",
        Way::Balancer => "by HAProxy",
        Way::BalancerCookie => "by HAProxy, with its cookie",
    }
}

/// How a key was changed.
pub fn rotation(fault: Fault) -> &'static str {
    match fault {
        Fault::RotateAtOnce => "carelessly",
        _ => "with care",
    }
}

/// As a sentence begins.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
