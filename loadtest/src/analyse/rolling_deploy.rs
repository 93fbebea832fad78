//! Does anybody notice a new version?

use serde::Serialize;

use super::claims::{Decision, Share, Strength};
use super::drill::{Drilled, drilled};
use super::sides::{STATEFUL, STATELESS};
use super::thresholds::UNNOTICED;
use super::verdict::Verdict;
use crate::recording::{Experiment, Fault, Mode, Recording};
use crate::words;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingDeploy {
    /// The controls among them.
    pub drills: Vec<Drilled>,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<RollingDeploy> {
    let drills = drilled(recording.drills(Experiment::RollingDeploy));
    (!drills.is_empty()).then_some(RollingDeploy { drills })
}

impl RollingDeploy {
    fn of(&self, mode: Mode) -> Vec<&Drilled> {
        self.drills.iter().filter(|drill| drill.is(mode, Fault::Deploy)).collect()
    }
}

/// "A stateless fleet is replaced without anybody noticing": one request that fails is somebody who notices.
pub(super) fn unnoticed(found: Option<&RollingDeploy>) -> Option<Decision> {
    let drills = found?.of(STATELESS);
    let all = together(&drills, Drilled::unanswered)?;
    let told = drills.iter().map(|drill| told(drill)).collect::<Vec<_>>().join(" ");
    let noticed = drills.iter().filter(|drill| drill.unanswered().hits > 0).count();
    let (verdict, because) = match drills.iter().find_map(|drill| drill.distrusted.clone()) {
        Some(why) => (Verdict::Inconclusive, why),
        None if noticed == drills.len() => (Verdict::Refuted, told),
        None if noticed > 0 => (Verdict::Depends, told),
        None if all.interval().is_some_and(|interval| interval.high < UNNOTICED) => (Verdict::Supported, told),
        None => (Verdict::Inconclusive, format!("{told} That is too few to say that nobody would notice.")),
    };
    Some(decision(verdict, all, because))
}

/// "When a balancer decides: 3 of 700 requests failed, and nobody was logged out."
fn told(drill: &Drilled) -> String {
    let logged_out = match drill.audit.logged_out {
        0 => "nobody was logged out".to_owned(),
        _ => format!("{} people were logged out", of(&drill.logged_out())),
    };
    format!("When {}: {} requests failed, and {logged_out}.", words::way(drill.way), of(&drill.unanswered()))
}

/// "A stateful fleet logs people out when it is replaced": by where the sessions are.
pub(super) fn logged_out(found: Option<&RollingDeploy>) -> Option<Decision> {
    let (redis, memory) = (found?.of(STATEFUL), found?.of(Mode::SessionMemory));
    let in_redis = together(&redis, Drilled::logged_out)?;
    let in_memory = together(&memory, Drilled::logged_out);
    let mut told = format!("With sessions in Redis {} people were logged out.", of(&in_redis));
    if let Some(lost) = &in_memory {
        told += &format!(" With sessions in memory {}, as they end with their replica.", of(lost));
    }
    let distrusted = redis.iter().chain(&memory).find_map(|drill| drill.distrusted.clone());
    let (verdict, because) = match (distrusted, in_redis.hits, in_memory.map_or(0, |lost| lost.hits)) {
        (Some(why), ..) => (Verdict::Inconclusive, why),
        (None, 0, 0) => (Verdict::Refuted, told),
        (None, 0, _) => (Verdict::Depends, told),
        (None, ..) => (Verdict::Supported, told),
    };
    Some(decision(verdict, in_redis, because))
}

fn decision(verdict: Verdict, share: Share, because: String) -> Decision {
    Decision { experiment: Experiment::RollingDeploy, verdict, effect: Some(Strength::Share(share)), because }
}

/// None when nobody tried.
fn together(drills: &[&Drilled], share: fn(&Drilled) -> Share) -> Option<Share> {
    let Share { reads, .. } = share(drills.first()?);
    let (hits, of) =
        drills.iter().map(|drill| share(drill)).fold((0, 0), |(hits, of), one| (hits + one.hits, of + one.of));
    Some(Share { reads, hits, of })
}

fn of(share: &Share) -> String {
    format!("{} of {}", words::count(share.hits), words::count(share.of))
}
