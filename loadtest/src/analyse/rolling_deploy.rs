//! Does anybody notice a new version?

use std::time::Duration;

use serde::Serialize;

use super::claims::{Decision, Share, Strength};
use super::sides::{STATEFUL, STATELESS};
use super::thresholds::UNNOTICED;
use super::verdict::Verdict;
use crate::recording::{Drill, Experiment, Fault, Mode, Recording, Way};
use crate::words;

/// In the order in which they were tried first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingDeploy {
    pub arms: Vec<Arm>,
}

/// One fleet behind one balancer, replaced replica by replica; all repetitions together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub way: Way,
    /// No answer, or one of 400 and above that is no 401.
    pub failed: Share,
    pub logged_out: Share,
    /// Requests that were refused with 401: each of them is somebody who must log in.
    pub unauthorized: u64,
    /// Nobody listened at one replica, and the next was asked at once.
    pub asked_elsewhere: u64,
    /// For one request, from when it was due.
    pub longest: Duration,
    /// Before: the same load on the same fleet, and nobody replaced anything.
    pub control: Option<Control>,
    pub unproved: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Control {
    pub requests: u64,
    /// Of whatever kind, a 401 among them.
    pub noticed: u64,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<RollingDeploy> {
    let drills: Vec<&Drill> = recording.drills(Experiment::RollingDeploy).collect();
    let mut kinds: Vec<(Mode, Way)> = Vec::new();
    for drill in drills.iter().filter(|drill| drill.fault == Fault::Deploy) {
        if !kinds.contains(&(drill.mode, drill.way)) {
            kinds.push((drill.mode, drill.way));
        }
    }
    let arms: Vec<Arm> = kinds.iter().map(|kind| arm(*kind, &drills)).collect();
    (!arms.is_empty()).then_some(RollingDeploy { arms })
}

fn arm((mode, way): (Mode, Way), drills: &[&Drill]) -> Arm {
    let of = |fault: Fault| {
        drills.iter().copied().filter(move |drill| (drill.mode, drill.way, drill.fault) == (mode, way, fault))
    };
    let sum = |count: fn(&Drill) -> u64| of(Fault::Deploy).map(count).sum::<u64>();
    let share = |reads, hits, of| Share { reads, hits, of };
    let controls: Vec<&Drill> = of(Fault::None).collect();
    let noticed = |drill: &&Drill| drill.ended.failed() + drill.ended.unauthorized;
    let unproved = of(Fault::Deploy).flat_map(|drill| &drill.proofs).filter(|proof| !proof.holds);
    let spans = of(Fault::Deploy).flat_map(|drill| &drill.buckets);
    Arm {
        mode,
        way,
        failed: share("requests failed", sum(|drill| drill.ended.failed()), sum(|drill| drill.ended.all())),
        logged_out: share("people were logged out", sum(|drill| drill.audit.logged_out), sum(|d| d.people.into())),
        unauthorized: sum(|drill| drill.ended.unauthorized),
        asked_elsewhere: sum(|drill| drill.ended.asked_elsewhere),
        longest: spans.map(|span| span.slowest).max().unwrap_or_default(),
        control: (!controls.is_empty()).then(|| Control {
            requests: controls.iter().map(|drill| drill.ended.all()).sum(),
            noticed: controls.iter().map(noticed).sum(),
        }),
        unproved: unproved.map(|proof| proof.says.clone()).collect(),
    }
}

/// "A stateless fleet is replaced without anybody noticing."
pub(super) fn unnoticed(found: Option<&RollingDeploy>) -> Option<Decision> {
    let arms: Vec<&Arm> = found?.arms.iter().filter(|arm| arm.mode == STATELESS).collect();
    let all = together(&arms, |arm| &arm.failed)?;
    let told = arms.iter().map(|arm| format!("{}: {}.", words::capital(words::way(arm.way)), arm.noticed_told()));
    let told = told.collect::<Vec<_>>().join(" ");
    let noticed = arms.iter().filter(|arm| arm.was_noticed()).count();
    let (verdict, because) = match arms.iter().find_map(|arm| arm.distrusted()) {
        Some(why) => (Verdict::Inconclusive, why),
        None if noticed == arms.len() => (Verdict::Refuted, told),
        None if noticed > 0 => (Verdict::Depends, told),
        None if all.interval().is_some_and(|interval| interval.high < UNNOTICED) => (Verdict::Supported, told),
        None => (Verdict::Inconclusive, format!("{told} That is too few requests to say that nobody would notice.")),
    };
    Some(decision(verdict, all, because))
}

/// "A stateful fleet logs people out when it is replaced": by where the sessions are.
pub(super) fn logged_out(found: Option<&RollingDeploy>) -> Option<Decision> {
    let arms = |mode| found.into_iter().flat_map(|found| &found.arms).filter(move |arm| arm.mode == mode);
    let (redis, memory): (Vec<&Arm>, Vec<&Arm>) = (arms(STATEFUL).collect(), arms(Mode::SessionMemory).collect());
    let in_redis = together(&redis, |arm| &arm.logged_out)?;
    let in_memory = together(&memory, |arm| &arm.logged_out);
    let mut told = format!("With sessions in Redis {} people were logged out.", of(&in_redis));
    told.extend(in_memory.iter().map(|lost| format!(" With sessions in memory {}.", of(lost))));
    let distrusted = redis.iter().chain(&memory).find_map(|arm| arm.distrusted());
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
fn together(arms: &[&Arm], share: fn(&Arm) -> &Share) -> Option<Share> {
    let reads = share(arms.first()?).reads;
    let (hits, of) = (arms.iter().map(|arm| share(arm).hits).sum(), arms.iter().map(|arm| share(arm).of).sum());
    Some(Share { reads, hits, of })
}

fn of(share: &Share) -> String {
    format!("{} of {}", words::count(share.hits), words::count(share.of))
}

impl Arm {
    /// Any request that fails is somebody who notices, and so is any that must be preceded by a login.
    pub fn was_noticed(&self) -> bool {
        self.failed.hits + self.unauthorized > 0
    }

    fn noticed_told(&self) -> String {
        let logged_out = match self.logged_out.hits {
            0 => "nobody was logged out".to_owned(),
            _ => format!("{} people were logged out", of(&self.logged_out)),
        };
        format!("{} requests failed, {logged_out}", of(&self.failed))
    }

    /// A sentence why nothing follows from it.
    fn distrusted(&self) -> Option<String> {
        if let Some(says) = self.unproved.first() {
            return Some(format!("This should have been so, and was not: {says}."));
        }
        match self.control {
            None => Some("Nobody looked whether the fleet answers when nothing is replaced.".into()),
            Some(Control { noticed: 0, requests: 1.. }) => None,
            Some(Control { noticed, requests }) => Some(format!(
                "Already before anything was replaced, {} of {} requests failed or were refused.",
                words::count(noticed),
                words::count(requests)
            )),
        }
    }
}
