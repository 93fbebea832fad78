//! Findings of `rolling-deploy`: does a user notice a new version?

use serde::Serialize;

use crate::evidence::claims::{Case, Cases, Decision, Share, Strength};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::UNNOTICED;
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::{Drilled, drilled};
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

/// "A stateless fleet is replaced without anybody noticing", by each way in which its clients find a replica.
pub(crate) fn unnoticed(found: &RollingDeploy) -> Option<Decision> {
    let drills = found.of(STATELESS);
    let all = together(&drills, Drilled::unanswered)?;
    let told = drills.iter().map(|drill| told(drill)).collect::<Vec<_>>().join(" ");
    let noticed: Option<Vec<bool>> = drills.iter().map(|drill| notices(drill)).collect();
    let distrusted = drills.iter().find_map(|drill| drill.distrusted.clone());
    let lost: u64 = drills.iter().map(|drill| drill.lost()).sum();
    let (verdict, because) = match (distrusted, noticed) {
        (Some(why), _) => (Verdict::Inconclusive, why),
        (None, _) if lost > 0 => (Verdict::Refuted, format!("{told} And {lost} times somebody lost what they had.")),
        (None, None) => (Verdict::Inconclusive, format!("{told} That is too few to say who would notice.")),
        (None, Some(ways)) => match (ways.contains(&true), ways.contains(&false)) {
            (true, true) => (Verdict::Depends, told),
            (true, false) => (Verdict::Refuted, told),
            _ => (Verdict::Supported, told),
        },
    };
    Some(decision(verdict, all, because))
}

/// None: too few requests to tell.
fn notices(drill: &Drilled) -> Option<bool> {
    drill.unanswered().interval()?.is_above(UNNOTICED)
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
pub(crate) fn logged_out(found: &RollingDeploy) -> Option<Decision> {
    let (redis, memory) = (found.of(STATEFUL), found.of(Mode::SessionMemory));
    let in_redis = together(&redis, Drilled::logged_out)?;
    let in_memory = together(&memory, Drilled::logged_out);
    let mut told = format!("With sessions in Redis {} people were logged out.", of(&in_redis));
    if let Some(lost) = &in_memory {
        told += &format!(" With sessions in memory {}, as they end with their replica.", of(lost));
    }
    let cases = [("session in Redis", Some(&in_redis)), ("session in memory", in_memory.as_ref())];
    let cases = cases.into_iter().filter_map(|(label, share)| Some(Case::of(label, share?))).collect();
    let effect = Some(Strength::Cases(Cases { reads: in_redis.reads, cases }));
    let distrusted = redis.iter().chain(&memory).find_map(|drill| drill.distrusted.clone());
    let (verdict, because) = match (distrusted, in_redis.hits, in_memory.map_or(0, |lost| lost.hits)) {
        (Some(why), ..) => (Verdict::Inconclusive, why),
        (None, 0, 0) => (Verdict::Refuted, told),
        (None, 0, _) => (Verdict::Depends, told),
        (None, ..) => (Verdict::Supported, told),
    };
    Some(Decision { effect, ..decision(verdict, in_redis, because) })
}

fn decision(verdict: Verdict, share: Share, because: String) -> Decision {
    Decision { verdict, effect: Some(Strength::Share(share)), because }
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
