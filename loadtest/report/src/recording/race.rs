//! Race of two tabs: what did two tabs of one user do to each other?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::recording::Mode;

/// One race, run again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Race {
    pub mode: Mode,
    pub contest: Contest,
    /// Replicas that the tabs asked: one for both, or one each.
    pub replicas: u32,
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Of the forks, those that were told as soon as both tabs bought.
    pub told_when_bought: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contest {
    /// One checkout: one tab gives the address and the other the payment, at once.
    TwoSteps,
    /// One checkout in ten tabs: five give an address and five a payment, at once.
    TenWrites,
    /// Each tab starts a checkout of its own, one after the other; then both go on and buy.
    TwoBaskets,
    /// Both renew the same credential at once.
    DoubleRefresh,
    /// A step of a checkout is half sent while the other tab logs out.
    LateStep,
    /// The same with a write that is kept in SQL.
    LateWrite,
}

/// How a race ended; the worst that was seen of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All were told yes, and what they were told is so.
    Kept,
    /// Somebody was told no, and whoever was told yes is right.
    Refused,
    /// A write was taken whose last byte was sent when the logout had been answered.
    WrittenAfter,
    /// Both were told yes, in drafts that do not know of each other.
    Forked,
    /// A login ended although nobody ended it.
    LoggedOut,
    /// Somebody was told yes, and it is not so.
    Lost,
    /// A login that was ended can be used again.
    Revived,
}
