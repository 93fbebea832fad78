//! Experiment `kill-one`: what is lost when a replica is killed?

use crate::article::Section;
use crate::evidence::claims::{Decision, Strength};
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::TAKES_WITH_IT;
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::FaultSummary;
use crate::experiments::faults::{FaultRuns, chapter};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{self, percent};
use crate::recording::{Experiment, Fault, Mode};

pub(crate) static SPEC: ExperimentSpec<FaultRuns> = ExperimentSpec {
    name: Experiment::KillOne,
    question: "What is lost when a replica is killed?",
    prediction: "Nothing with tokens, for nothing was there; with sessions, whoever was logged in on it.",
    claims: &[
        claim(
            "killed-replica-takes-no-stateless-state",
            Stateless,
            "A killed replica takes no state of a stateless client with it",
            stateless,
        ),
        claim("killed-replica-takes-sessions", Stateful, "A killed replica takes sessions with it", stateful),
    ],
    find: |evidence, _| FaultRuns::of(evidence, Experiment::KillOne),
    section,
};

/// "A killed replica takes no state of a stateless client with it."
fn stateless(found: &FaultRuns) -> Option<Decision> {
    let run = found.first(STATELESS, Fault::KillReplica)?;
    let (verdict, why) = match &run.invalid_reason {
        Some(why) => (Verdict::Inconclusive, why.clone()),
        None if run.lost() > 0 => (Verdict::Refuted, "None of that happened in the control.".into()),
        None if could_hide(run) => (Verdict::Inconclusive, too_few()),
        None => (Verdict::Supported, at_once(run)),
    };
    Some(Decision::new(verdict, Strength::Share(run.logged_out()), format!("{} {why}", losses(run))))
}

/// "A killed replica takes sessions with it."
fn stateful(found: &FaultRuns) -> Option<Decision> {
    let twin = found.first(STATEFUL, Fault::KillReplica)?;
    let memory = found.first(Mode::SessionMemory, Fault::KillReplica);
    let invalid = |run: &FaultSummary| Some(format!("{} {}", losses(run), run.invalid_reason.as_ref()?));
    if let Some(because) = [Some(twin), memory].into_iter().flatten().find_map(invalid) {
        return Some(Decision::new(Verdict::Inconclusive, Strength::Share(twin.logged_out()), because));
    }
    let takes = |run: &FaultSummary| run.audit.logged_out > 0;
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
    let cases = [("session in Redis", Some(twin)), ("session in memory", memory)]
        .map(|(label, run)| (label, run.map(FaultSummary::logged_out)));
    Some(Decision::new(verdict, Strength::cases(twin.logged_out().reads, cases), because))
}

/// Nobody was hit, but of so few people that a whole replica's share may have been lucky.
fn could_hide(run: &FaultSummary) -> bool {
    run.logged_out().interval().is_none_or(|interval| interval.high >= TAKES_WITH_IT)
}

fn too_few() -> String {
    format!("So few people cannot exclude that a replica takes {} of them with it.", percent(TAKES_WITH_IT))
}

fn at_once(run: &FaultSummary) -> String {
    let FaultSummary { failed, requests, .. } = run;
    match run.errors_ended {
        Some(ended) => {
            format!("{failed} of {requests} requests failed, the last within {} of the kill.", ended.tenths())
        }
        None => format!("None of {requests} requests failed."),
    }
}

fn losses(run: &FaultSummary) -> String {
    format!(
        "{}: {} of {} people were logged out, {} of {} found their unfinished checkout gone, {} of {} orders were lost or \
         placed twice.",
        format::capital(run.mode.label()),
        run.audit.logged_out,
        run.people,
        run.audit.drafts_lost,
        run.audit.drafts,
        run.audit.orders_lost + run.audit.orders_twice,
        run.audit.orders,
    )
}

fn section(found: &FaultRuns) -> Section {
    let caption = "How many requests ended in each tenth of a second, and how. The replica is killed at the first line \
                   and listens again at the second.";
    let killed = |run: &FaultSummary| run.fault == Fault::KillReplica;
    chapter::section(
        found,
        [chapter::timeline("One of three is killed", caption, found, killed)],
        chapter::books(found),
        [],
        vec![
            "A machine that vanishes without a word: here the kernel says at once that nobody listens. A client that has \
             to wait for a time limit notices later.",
            "A replica that still listens and answers nobody, which only a health check finds.",
            "A database that dies with its replica: all replicas share one here.",
        ],
    )
}
