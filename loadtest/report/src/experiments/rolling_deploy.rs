//! Experiment `rolling-deploy`: does anybody notice a new version?

use crate::article::Section;
use crate::evidence::claims::{Decision, Strength};
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::UNNOTICED;
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::FaultSummary;
use crate::experiments::faults::{FaultRuns, chapter, invalid_reason, together};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::labels;
use crate::recording::{Experiment, Fault, Mode};

pub(crate) static SPEC: ExperimentSpec<FaultRuns> = ExperimentSpec {
    name: Experiment::RollingDeploy,
    question: "Does anybody notice a new version?",
    prediction: "Stateless servers are replaced at will, and nobody notices; stateful ones log people out.",
    claims: &[
        claim(
            "stateless-deploy-goes-unnoticed",
            Stateless,
            "A stateless fleet is replaced without anybody noticing",
            unnoticed,
        ),
        claim(
            "stateful-deploy-logs-people-out",
            Stateful,
            "A stateful fleet logs people out when it is replaced",
            logged_out,
        ),
    ],
    find: |evidence, _| FaultRuns::of(evidence, Experiment::RollingDeploy),
    section,
};

/// "A stateless fleet is replaced without anybody noticing", by each way in which its clients find a replica.
fn unnoticed(found: &FaultRuns) -> Option<Decision> {
    let runs = found.all(STATELESS, Fault::Deploy);
    let all = together(&runs, FaultSummary::unanswered)?;
    let told = runs.iter().map(|run| told(run)).collect::<Vec<_>>().join(" ");
    let noticed: Option<Vec<bool>> = runs.iter().map(|run| run.unanswered().is_above(UNNOTICED)).collect();
    let lost: u64 = runs.iter().map(|run| run.lost()).sum();
    let (verdict, because) = match (invalid_reason(runs), noticed) {
        (Some(why), _) => (Verdict::Inconclusive, why),
        (None, _) if lost > 0 => (Verdict::Refuted, format!("{told} And {lost} times somebody lost what they had.")),
        (None, None) => (Verdict::Inconclusive, format!("{told} That is too few to say who would notice.")),
        (None, Some(ways)) => match (ways.contains(&true), ways.contains(&false)) {
            (true, true) => (Verdict::Depends, told),
            (true, false) => (Verdict::Refuted, told),
            _ => (Verdict::Supported, told),
        },
    };
    Some(Decision::new(verdict, Strength::Share(all), because))
}

/// "When a balancer decides: 3 of 700 requests failed, and nobody was logged out."
fn told(run: &FaultSummary) -> String {
    let logged_out = match run.audit.logged_out {
        0 => "nobody was logged out".to_owned(),
        _ => format!("{} people were logged out", run.logged_out().told()),
    };
    format!("When {}: {} requests failed, and {logged_out}.", labels::way(run.way), run.unanswered().told())
}

/// "A stateful fleet logs people out when it is replaced": by where the sessions are.
fn logged_out(found: &FaultRuns) -> Option<Decision> {
    let (redis, memory) = (found.all(STATEFUL, Fault::Deploy), found.all(Mode::SessionMemory, Fault::Deploy));
    let in_redis = together(&redis, FaultSummary::logged_out)?;
    let in_memory = together(&memory, FaultSummary::logged_out);
    let mut told = format!("With sessions in Redis {} people were logged out.", in_redis.told());
    if let Some(lost) = in_memory {
        told += &format!(" With sessions in memory {}, as they end with their replica.", lost.told());
    }
    let invalid = invalid_reason(redis.into_iter().chain(memory));
    let (verdict, because) = match (invalid, in_redis.hits, in_memory.map_or(0, |lost| lost.hits)) {
        (Some(why), ..) => (Verdict::Inconclusive, why),
        (None, 0, 0) => (Verdict::Refuted, told),
        (None, 0, _) => (Verdict::Depends, told),
        (None, ..) => (Verdict::Supported, told),
    };
    let cases = [("session in Redis", Some(in_redis)), ("session in memory", in_memory)];
    Some(Decision::new(verdict, Strength::cases(in_redis.reads, cases), because))
}

fn section(found: &FaultRuns) -> Section {
    let caption = "How many requests ended in each tenth of a second, and how. Each pair of lines is a replica that is \
                   asked to end, and back.";
    let timeline = |(title, balanced)| {
        let replaced = |run: &FaultSummary| run.fault == Fault::Deploy && run.way.is_balanced() == balanced;
        chapter::timeline(title, caption, found, replaced)
    };
    let ways = [("Replaced under clients that choose for themselves", false), ("Replaced behind HAProxy", true)];
    chapter::section(
        found,
        ways.map(timeline),
        chapter::books(found),
        [
            "A replica that is asked to end (SIGTERM) says first that it is not ready, accepts for a quarter of a second more, \
             finishes what it began, hangs up where nobody asks, and is gone. It is started again on the same address.",
            "Clients that choose for themselves learn of it when a connection is refused or was hung up. HAProxy is told to \
             drain the replica before, and asks every tenth of a second who is ready.",
        ],
        vec![
            "A new version that answers differently, or changes the database: the same binary is started again.",
            "Requests that take longer than a server waits for them when it ends: ten seconds, and none here takes one.",
            "Clients that send again by themselves what broke off on a connection that was kept, as browsers may.",
        ],
    )
}
