//! Faults in words: what was broken?

use crate::recording::{Fault, Way};

pub fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::None => "nothing is broken",
        Fault::KillReplica => "a replica is killed",
        Fault::Freeze => "Redis is frozen",
        Fault::Slow => "Redis answers late",
        Fault::RestartEmpty => "Redis is killed and comes back empty",
        Fault::RestartSnapshot => "Redis is killed before a snapshot was due, and comes back",
        Fault::RestartAof => "Redis is killed and comes back with its log",
        Fault::Deploy => "all replicas are replaced in turn",
        Fault::AddReplica => "a replica joins",
        Fault::Rotate => "the key is changed with care",
        Fault::RotateAtOnce => "the key is changed carelessly",
    }
}

/// The same in a few words, where it is clear that Redis was broken.
pub fn came_back(fault: Fault) -> &'static str {
    match fault {
        Fault::Freeze => "frozen",
        Fault::Slow => "slow",
        Fault::RestartEmpty => "back empty",
        Fault::RestartSnapshot => "back, no snapshot was due yet",
        Fault::RestartAof => "back with its log",
        other => self::fault(other),
    }
}

pub fn way(way: Way) -> &'static str {
    match way {
        Way::RoundRobin => "each request asks the next replica",
        Way::Sticky => "each person stays with a replica",
        Way::Random => "each request asks any replica",
        Way::Balancer => "a balancer decides",
        Way::BalancerCookie => "a balancer decides, by its cookie",
    }
}

/// How a key was changed.
pub fn rotation(fault: Fault) -> &'static str {
    match fault {
        Fault::RotateAtOnce => "carelessly",
        _ => "with care",
    }
}
