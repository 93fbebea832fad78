//! Findings of `kill-one`: what is lost when a replica is killed?

use serde::Serialize;

use crate::evidence::claims::{Case, Cases, Decision, Strength};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::TAKES_WITH_IT;
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::{Drilled, drilled};
use crate::recording::{Experiment, Fault, Mode, Recording};
use crate::words;
use crate::words::percent;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KillOne {
    pub drills: Vec<Drilled>,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<KillOne> {
    let drills = drilled(recording.drills(Experiment::KillOne));
    (!drills.is_empty()).then_some(KillOne { drills })
}

impl KillOne {
    fn killed(&self, mode: Mode) -> Option<&Drilled> {
        self.drills.iter().find(|drill| drill.is(mode, Fault::KillReplica))
    }
}

/// "A killed replica takes no state of a stateless client with it."
pub(crate) fn stateless(found: &KillOne) -> Option<Decision> {
    let drill = found.killed(STATELESS)?;
    let (verdict, why) = match &drill.distrusted {
        Some(why) => (Verdict::Inconclusive, why.clone()),
        None if drill.lost() > 0 => (Verdict::Refuted, "None of that happened in the control.".into()),
        None if could_hide(drill) => (Verdict::Inconclusive, too_few()),
        None => (Verdict::Supported, at_once(drill)),
    };
    Some(decision(drill, verdict, format!("{} {why}", losses(drill))))
}

/// "A killed replica takes sessions with it."
pub(crate) fn stateful(found: &KillOne) -> Option<Decision> {
    let twin = found.killed(STATEFUL)?;
    if let Some(why) = &twin.distrusted {
        return Some(decision(twin, Verdict::Inconclusive, format!("{} {why}", losses(twin))));
    }
    let memory = found.killed(Mode::SessionMemory);
    if let Some((memory, why)) = memory.and_then(|drill| Some((drill, drill.distrusted.as_ref()?))) {
        return Some(decision(twin, Verdict::Inconclusive, format!("{} {why}", losses(memory))));
    }
    let takes = |drill: &Drilled| drill.audit.logged_out > 0;
    let verdict = match (takes(twin), memory.map(takes)) {
        (true, Some(false)) | (false, Some(true)) => Verdict::Depends,
        (true, _) => Verdict::Supported,
        (false, _) if could_hide(twin) => Verdict::Inconclusive,
        (false, _) => Verdict::Refuted,
    };
    let own = match verdict {
        Verdict::Inconclusive => too_few(),
        _ => memory.map(losses).unwrap_or_default(),
    };
    let because = format!("{} {own}", losses(twin)).trim_end().to_owned();
    let cases = [("session in Redis", Some(twin)), ("session in memory", memory)];
    let cases = cases.into_iter().filter_map(|(label, drill)| Some(Case::of(label, &drill?.logged_out()))).collect();
    let effect = Some(Strength::Cases(Cases { reads: twin.logged_out().reads, cases }));
    Some(Decision { effect, ..decision(twin, verdict, because) })
}

fn decision(drill: &Drilled, verdict: Verdict, because: String) -> Decision {
    let effect = Some(Strength::Share(drill.logged_out()));
    Decision { verdict, effect, because }
}

/// Nobody was hit, but of so few people that a whole replica's share may have been lucky.
fn could_hide(drill: &Drilled) -> bool {
    drill.logged_out().interval().is_none_or(|interval| interval.high >= TAKES_WITH_IT)
}

fn too_few() -> String {
    format!("So few people cannot exclude that a replica takes {} of them with it.", percent(TAKES_WITH_IT))
}

fn at_once(drill: &Drilled) -> String {
    match drill.errors_ended {
        Some(ended) => {
            format!(
                "{} of {} requests failed, the last within {} of the kill.",
                drill.failed,
                drill.requests,
                ended.tenths()
            )
        }
        None => format!("None of {} requests failed.", drill.requests),
    }
}

fn losses(drill: &Drilled) -> String {
    format!(
        "{}: {} of {} people were logged out, {} of {} found their unfinished checkout gone, {} of {} orders were lost or \
         placed twice.",
        words::capital(words::mode(drill.mode)),
        drill.audit.logged_out,
        drill.people,
        drill.audit.drafts_lost,
        drill.audit.drafts,
        drill.audit.orders_lost + drill.audit.orders_twice,
        drill.audit.orders,
    )
}
