//! Experiment `lose-redis`: what is lost when Redis is?

use crate::article::Section;
use crate::evidence::claims::{Decision, Strength};
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::NOTICED;
use crate::evidence::verdict::Verdict;
use crate::experiments::each_once;
use crate::experiments::faults::summary::FaultSummary;
use crate::experiments::faults::{FaultRuns, chapter, invalid_reason, together};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{self, percent};
use crate::labels;
use crate::recording::{Experiment, Fault, Mode};

pub(crate) static SPEC: ExperimentSpec<FaultRuns> = ExperimentSpec {
    name: Experiment::LoseRedis,
    question: "What is lost when Redis is?",
    prediction: "Everybody is logged out, and until it is back nobody gets in; with tokens nobody notices.",
    claims: &[
        claim("session-data-can-be-lost", Stateful, "Session data can be lost", lost),
        claim(
            "stateless-fleet-survives-redis",
            Stateless,
            "A stateless fleet does not notice when Redis fails",
            unnoticed,
        ),
    ],
    find: |evidence, _| FaultRuns::of(evidence, Experiment::LoseRedis),
    section,
};

/// Everything that was done to the Redis of such a fleet.
fn broken(found: &FaultRuns, mode: Mode) -> Vec<&FaultSummary> {
    found.runs.iter().filter(|run| run.mode == mode && run.fault != Fault::None).collect()
}

/// "Session data can be lost."
fn lost(found: &FaultRuns) -> Option<Decision> {
    let all = broken(found, STATEFUL);
    let (believed, doubted): (Vec<&FaultSummary>, Vec<_>) =
        all.into_iter().partition(|run| run.invalid_reason.is_none());
    if believed.is_empty() {
        let first = doubted.first()?;
        let because = first.invalid_reason.clone()?;
        return Some(Decision::new(Verdict::Inconclusive, Strength::Share(first.logged_out()), because));
    }
    let loses = believed.iter().any(|run| run.audit.logged_out > 0);
    let was_killed = |fault| matches!(fault, Fault::RestartEmpty | Fault::RestartSnapshot);
    let with_log = |run: &&FaultSummary| run.fault == Fault::RestartAof;
    let kept_on_restart = believed.iter().any(|run| with_log(run) && run.audit.logged_out == 0);
    let (verdict, beside) = match loses {
        false if believed.iter().any(|run| was_killed(run.fault)) => (Verdict::Refuted, ""),
        false => (Verdict::Inconclusive, " It was never killed without its log, which is what would lose them."),
        true if kept_on_restart => (Verdict::Depends, ""),
        true if doubted.iter().any(with_log) => {
            (Verdict::Inconclusive, " Whether its log would have kept them was tried, and cannot be believed.")
        }
        true => (Verdict::Supported, ""),
    };
    let told = believed
        .iter()
        .map(|run| format!("{} of {} when {}", run.audit.logged_out, run.people, labels::fault(run.fault)));
    let because = format!("People logged out: {}.{beside}", told.collect::<Vec<_>>().join("; "));
    let cases = believed.iter().map(|run| (labels::came_back(run.fault), Some(run.logged_out())));
    Some(Decision::new(verdict, Strength::cases("people were logged out", cases), because))
}

/// "A stateless fleet does not notice when Redis fails."
fn unnoticed(found: &FaultRuns) -> Option<Decision> {
    let all = broken(found, STATELESS);
    let shown = together(&all, FaultSummary::unanswered)?;
    if let Some(why) = invalid_reason(all.iter().copied()) {
        return Some(Decision::new(Verdict::Inconclusive, Strength::Share(shown), why));
    }
    let lost: u64 = all.iter().map(|run| run.lost()).sum();
    let (denylist, doubted): (Vec<&FaultSummary>, Vec<_>) =
        broken(found, Mode::JwtDenylist).into_iter().partition(|run| run.invalid_reason.is_none());
    let (verdict, rest) = match notices(&all) {
        Some(true) => (Verdict::Refuted, "None did in the control, while Redis was well.".into()),
        _ if lost > 0 => (Verdict::Refuted, format!("And {lost} times somebody lost what they had.")),
        None => (Verdict::Inconclusive, format!("That is neither more nor less than {}.", percent(NOTICED))),
        Some(false) if denylist.iter().any(|run| notices(&[run]) == Some(true) || run.revived() > 0) => {
            (Verdict::Depends, with_denylist(&denylist))
        }
        Some(false) => match invalid_reason(doubted) {
            Some(why) => (Verdict::Inconclusive, why),
            None => (Verdict::Supported, with_denylist(&denylist)),
        },
    };
    let because = format!("With tokens alone, {} requests failed. {rest}", shown.told());
    let cases = [("tokens alone", Some(shown)), ("with a denylist", together(&denylist, FaultSummary::unanswered))];
    Some(Decision::new(verdict, Strength::cases(shown.reads, cases), because.trim_end().to_owned()))
}

/// By the share of requests that did not get what they asked for. None: it cannot be told.
fn notices(runs: &[&FaultSummary]) -> Option<bool> {
    together(runs, FaultSummary::unanswered)?.is_above(NOTICED)
}

/// What it noticed, and what it forgot. Empty: it was not tried.
fn with_denylist(runs: &[&FaultSummary]) -> String {
    let Some(shown) = together(runs, FaultSummary::unanswered) else { return String::new() };
    let mut told = format!("With a denylist, {} did", shown.told());
    if let Some(revived) = runs.iter().max_by_key(|run| run.revived()).filter(|run| run.revived() > 0) {
        told.push_str(&format!(
            ", and when {}, {} of {} tokens that had been logged out were accepted again",
            labels::fault(revived.fault),
            revived.revived(),
            revived.audit.departed,
        ));
    }
    told + "."
}

fn section(found: &FaultRuns) -> Section {
    let faults = each_once(found.runs.iter().map(|run| run.fault).filter(|fault| *fault != Fault::None));
    let timeline = |fault: Fault| {
        let title = format::capital(labels::fault(fault));
        chapter::timeline(&title, caption(fault), found, |run| run.fault == fault)
    };
    chapter::section(
        found,
        faults.into_iter().map(timeline),
        chapter::books(found),
        ["Every fleet has a Redis of its own, also the one that never asks it, and it is that Redis which is broken."],
        vec![
            "A second Redis that takes over: Sentinel or a cluster turn an outage into a pause of seconds, and may lose the \
             last writes.",
            "A disk that dies with Redis, which takes its log along.",
            "Outages that last: whoever waits a minute for a login goes elsewhere.",
        ],
    )
}

fn caption(fault: Fault) -> &'static str {
    match fault {
        Fault::Freeze => {
            "It is stopped in mid-sentence: connections stay open, and nobody answers. Whoever has no time limit of its \
             own hangs for as long."
        }
        Fault::Slow => "Nothing is lost and nothing fails; every question to it takes its time.",
        Fault::RestartEmpty => {
            "It keeps nothing on disk. When it is back, it answers quickly and knows nobody: no session, and no token \
             that was taken back."
        }
        Fault::RestartSnapshot => {
            "It writes all it knows to disk now and then, as it does when nobody configures it: a minute after the last \
             time at the soonest. What came since is gone, and here that is everything."
        }
        Fault::RestartAof => "It writes down every command before it answers, and reads that again when it starts.",
        Fault::None | Fault::KillReplica | Fault::Deploy | Fault::AddReplica | Fault::Rotate | Fault::RotateAtOnce => {
            ""
        }
    }
}
