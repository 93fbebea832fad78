//! Findings of `lose-redis`: what is lost when Redis is?

use serde::Serialize;

use crate::evidence::claims::{Case, Cases, Decision, Share, Strength};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::NOTICED;
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::{Drilled, drilled};
use crate::recording::{Experiment, Fault, Mode, Recording};
use crate::words;
use crate::words::{count, percent};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoseRedis {
    pub drills: Vec<Drilled>,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<LoseRedis> {
    let drills = drilled(recording.drills(Experiment::LoseRedis));
    (!drills.is_empty()).then_some(LoseRedis { drills })
}

impl LoseRedis {
    /// Everything that was done to the Redis of such a fleet.
    fn broken(&self, mode: Mode) -> Vec<&Drilled> {
        self.drills.iter().filter(|drill| drill.mode == mode && drill.fault != Fault::None).collect()
    }
}

/// "Session data can be lost."
pub(crate) fn lost(found: &LoseRedis) -> Option<Decision> {
    let all = found.broken(STATEFUL);
    let first = *all.first()?;
    let believed: Vec<&Drilled> = all.iter().filter(|drill| drill.distrusted.is_none()).copied().collect();
    let Some(shown) = believed.iter().max_by_key(|drill| drill.audit.logged_out) else {
        return Some(decision(Verdict::Inconclusive, first.logged_out(), first.distrusted.clone().unwrap_or_default()));
    };
    let loses = |drill: &&&Drilled| drill.audit.logged_out > 0;
    let lose = believed.iter().filter(loses).count();
    let was_killed = |fault| matches!(fault, Fault::RestartEmpty | Fault::RestartSnapshot);
    let kept_on_restart = believed.iter().any(|drill| drill.fault == Fault::RestartAof && drill.audit.logged_out == 0);
    let verdict = match lose {
        0 if believed.iter().any(|drill| was_killed(drill.fault)) => Verdict::Refuted,
        0 => Verdict::Inconclusive,
        _ if kept_on_restart => Verdict::Depends,
        _ if all.iter().any(|drill| drill.fault == Fault::RestartAof && drill.distrusted.is_some()) => {
            Verdict::Inconclusive
        }
        _ => Verdict::Supported,
    };
    let told = believed
        .iter()
        .map(|drill| format!("{} of {} when {}", drill.audit.logged_out, drill.people, words::fault(drill.fault)));
    let mut because = format!("People logged out: {}.", told.collect::<Vec<_>>().join("; "));
    if verdict == Verdict::Inconclusive && lose == 0 {
        because.push_str(" It was never killed without its log, which is what would lose them.");
    } else if verdict == Verdict::Inconclusive {
        because.push_str(" Whether its log would have kept them was tried, and cannot be believed.");
    }
    let case = |drill: &&Drilled| Case::of(words::came_back(drill.fault), &drill.logged_out());
    let cases = believed.iter().map(case).collect();
    let effect = Some(Strength::Cases(Cases { reads: shown.logged_out().reads, cases }));
    Some(Decision { effect, ..decision(verdict, shown.logged_out(), because) })
}

/// "A stateless fleet does not notice when Redis fails."
pub(crate) fn unnoticed(found: &LoseRedis) -> Option<Decision> {
    let all = found.broken(STATELESS);
    let shown = together(&all)?;
    if let Some(why) = all.iter().find_map(|drill| drill.distrusted.clone()) {
        return Some(decision(Verdict::Inconclusive, shown, why));
    }
    let lost: u64 = all.iter().map(|drill| drill.lost()).sum();
    let own = format!("With tokens alone, {} of {} requests failed.", count(shown.hits), count(shown.of));
    let tried: Vec<&Drilled> = found.broken(Mode::JwtDenylist);
    let distrusted = tried.iter().find_map(|drill| drill.distrusted.clone());
    let denylist: Vec<&Drilled> = tried.into_iter().filter(|drill| drill.distrusted.is_none()).collect();
    let (verdict, rest) = match notices(&all) {
        Some(true) => (Verdict::Refuted, "None did in the control, while Redis was well.".into()),
        _ if lost > 0 => (Verdict::Refuted, format!("And {lost} times somebody lost what they had.")),
        None => (Verdict::Inconclusive, format!("That is neither more nor less than {}.", percent(NOTICED))),
        Some(false) if denylist.iter().any(|drill| notices(&[drill]) == Some(true) || drill.revived() > 0) => {
            (Verdict::Depends, with_denylist(&denylist))
        }
        Some(false) if distrusted.is_some() => (Verdict::Inconclusive, distrusted.unwrap_or_default()),
        Some(false) => (Verdict::Supported, with_denylist(&denylist)),
    };
    let cases = [("tokens alone", Some(shown.clone())), ("with a denylist", together(&denylist))];
    let cases = cases.into_iter().filter_map(|(label, share)| Some(Case::of(label, &share?))).collect();
    let effect = Some(Strength::Cases(Cases { reads: shown.reads, cases }));
    Some(Decision { effect, ..decision(verdict, shown, format!("{own} {rest}").trim_end().to_owned()) })
}

/// By the share of requests that did not get what they asked for. None: it cannot be told.
fn notices(drills: &[&Drilled]) -> Option<bool> {
    together(drills)?.interval()?.is_above(NOTICED)
}

fn together(drills: &[&Drilled]) -> Option<Share> {
    let first = drills.first()?.unanswered();
    let shares = || drills.iter().map(|drill| drill.unanswered());
    Some(Share {
        reads: first.reads,
        hits: shares().map(|share| share.hits).sum(),
        of: shares().map(|share| share.of).sum(),
    })
}

/// What it noticed, and what it forgot. Empty: it was not tried.
fn with_denylist(drills: &[&Drilled]) -> String {
    let Some(shown) = together(drills) else { return String::new() };
    let mut told = format!("With a denylist, {} of {} did", count(shown.hits), count(shown.of));
    if let Some(revived) = drills.iter().max_by_key(|drill| drill.revived()).filter(|drill| drill.revived() > 0) {
        told.push_str(&format!(
            ", and when {}, {} of {} tokens that had been logged out were accepted again",
            words::fault(revived.fault),
            revived.revived(),
            revived.audit.departed,
        ));
    }
    told + "."
}

fn decision(verdict: Verdict, shown: Share, because: String) -> Decision {
    Decision { verdict, effect: Some(Strength::Share(shown)), because }
}
