//! Experiment `any-server`: can any replica answer any request?

pub mod chapter;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::evidence::claims::{Decision, Share, Strength};
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{CARRIES, FAILS, REFUSED};
use crate::evidence::verdict::Verdict;
use crate::experiments::by_kind;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{self, percent};
use crate::labels;
use crate::recording::{Experiment, FaultRun, Mode, Recording, Way};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<AnyServer> = ExperimentSpec {
    name: Experiment::AnyServer,
    question: "Can any replica answer any request?",
    prediction: "With tokens any replica will do; with sessions a client must come back to the one that knows it.",
    claims: &[
        claim("any-replica-answers-a-token", Stateless, "Any replica can answer a token", stateless),
        claim(
            "session-needs-a-sticky-client",
            Stateful,
            "A session needs a client that sticks to its replica",
            stateful,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};

/// In the order in which they were tried first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnyServer {
    pub arms: Vec<Arm>,
    /// One of each fleet, for the picture: the newcomer's share over time.
    pub joined: Vec<Joined>,
}

/// One fleet, asked in one way.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub way: Way,
    /// Answered with 401, though nobody had logged out.
    pub refused: Share,
    pub failed: u64,
    /// Before the newcomer came: the requests of the busiest replica over the mean of all.
    pub busiest: Option<f64>,
    /// The standard deviation of the requests a replica over their mean (coefficient of variation).
    pub variation: Option<f64>,
    /// From its start until the newcomer answered as much as it should, in each repetition; none: not while anybody looked.
    pub carried_after: Vec<Option<Duration>>,
    /// Sentences that should have been true, and were not.
    pub unproved: Vec<String>,
}

/// What the newcomer answered, of all answers, in each span of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    pub mode: Mode,
    pub way: Way,
    pub bucket: Duration,
    pub at: Duration,
    pub fair: f64,
    pub shares: Vec<f64>,
    /// From the span on in which it joined.
    pub in_the_end: f64,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<AnyServer> {
    let runs: Vec<&FaultRun> = recording.fault_runs(Experiment::AnyServer).collect();
    let kinds = by_kind(&runs, |run| (run.mode, run.way));
    let arms = kinds.iter().map(|runs| arm(runs)).collect();
    let joined = kinds.iter().filter_map(|runs| joined(runs[0])).collect();
    (!runs.is_empty()).then_some(AnyServer { arms, joined })
}

fn arm(runs: &[&FaultRun]) -> Arm {
    let sum = |count: fn(&FaultRun) -> u64| runs.iter().map(|run| count(run)).sum::<u64>();
    let shares: Vec<f64> = runs.iter().flat_map(|run| of_mean(&answers_before(run))).collect();
    let spread = (shares.iter().map(|share| (share - 1.0).powi(2)).sum::<f64>() / shares.len().max(1) as f64).sqrt();
    let unproved = runs.iter().flat_map(|run| &run.proofs).filter(|proof| !proof.holds);
    let alone = runs.iter().filter(|run| join(run).is_none()).map(|_| "one more replica joins".into());
    Arm {
        mode: runs[0].mode,
        way: runs[0].way,
        refused: Share {
            reads: "requests were refused with 401",
            hits: sum(|run| run.ended.unauthorized),
            of: sum(|run| run.ended.all()),
        },
        failed: sum(|run| run.ended.failed()),
        busiest: shares.iter().copied().reduce(f64::max),
        variation: (!shares.is_empty()).then_some(spread),
        carried_after: runs.iter().filter_map(|run| carried(run)).collect(),
        unproved: unproved.map(|proof| proof.says.clone()).chain(alone).collect(),
    }
}

/// When the newcomer joined. None: nobody came.
fn join(run: &FaultRun) -> Option<Duration> {
    run.marks.first().map(|mark| mark.at)
}

/// Replica → answers before the bucket in which the newcomer joined.
fn answers_before(run: &FaultRun) -> BTreeMap<&str, u64> {
    let until = join(run).map_or(usize::MAX, |at| bucket(run, at));
    let early = run.answered_by.iter().map(|(replica, answers)| {
        let early = answers.iter().take(until).map(|count| u64::from(*count)).sum::<u64>();
        (replica.as_str(), early)
    });
    early.filter(|(_, answers)| *answers > 0).collect()
}

/// What each replica answered, over the mean of all.
fn of_mean(answers: &BTreeMap<&str, u64>) -> Vec<f64> {
    let mean = answers.values().sum::<u64>() as f64 / answers.len().max(1) as f64;
    answers.values().map(|count| *count as f64 / mean).collect()
}

fn bucket(run: &FaultRun, at: Duration) -> usize {
    (at.as_nanos() / run.bucket.as_nanos().max(1)) as usize
}

fn joined(run: &FaultRun) -> Option<Joined> {
    let at = join(run)?;
    let old = answers_before(run);
    let all = |index: usize| run.answered_by.values().filter_map(|counts| counts.get(index)).sum::<u32>();
    let newcomers = run.answered_by.iter().filter(|(replica, _)| !old.contains_key(replica.as_str()));
    let newcomer = newcomers.map(|(_, counts)| counts.clone()).next().unwrap_or_default();
    let spans = run.answered_by.values().map(Vec::len).max().unwrap_or(0);
    // Not the span in which it joined: it was there for a part of that.
    let since = |counts: &Vec<u32>| counts.iter().skip(bucket(run, at) + 1).sum::<u32>();
    let all_since: u32 = run.answered_by.values().map(since).sum();
    let share = |index: usize| f64::from(newcomer.get(index).copied().unwrap_or(0)) / f64::from(all(index).max(1));
    Some(Joined {
        mode: run.mode,
        way: run.way,
        bucket: run.bucket,
        at,
        fair: 1.0 / (old.len() + 1) as f64,
        shares: (0..spans).map(share).collect(),
        in_the_end: f64::from(since(&newcomer)) / f64::from(all_since.max(1)),
    })
}

/// Until the end of the first span in which the newcomer answered as much as it should. None: nobody came.
fn carried(run: &FaultRun) -> Option<Option<Duration>> {
    let joined = joined(run)?;
    let from = bucket(run, joined.at);
    let enough = |(_, share): &(usize, &f64)| **share >= CARRIES * joined.fair;
    let first = joined.shares.iter().enumerate().skip(from).find(enough).map(|(index, _)| index);
    Some(first.map(|index| (joined.bucket * (index as u32 + 1)).saturating_sub(joined.at)))
}

/// What became of the requests of one fleet.
#[derive(Clone, Copy, PartialEq)]
enum Answered {
    Everywhere,
    /// Where people do not stick to their replica, some are refused, and where they do, none is.
    WhereTheyStick,
    Nowhere,
}

/// "Any replica can answer a token."
pub(crate) fn stateless(found: &AnyServer) -> Option<Decision> {
    let (roaming, _) = found.refused(STATELESS)?;
    let told = format!("{}. So it was when {}.", format::capital(&refusals(&roaming)), found.ways(STATELESS));
    let (verdict, because) = match found.answered(STATELESS) {
        Ok(Answered::Everywhere) => (Verdict::Supported, told),
        Ok(_) => (Verdict::Refuted, told),
        Err(why) => (Verdict::Inconclusive, why),
    };
    Some(Decision::new(verdict, Strength::Share(roaming), because))
}

/// "A session needs a client that sticks to its replica": by where the sessions are.
pub(crate) fn stateful(found: &AnyServer) -> Option<Decision> {
    let (in_redis, in_memory) = (found.refused(STATEFUL)?.0, found.refused(Mode::SessionMemory));
    let redis = format!("With sessions in Redis {}, wherever they came.", refusals(&in_redis));
    let memory = match in_memory {
        None => String::new(),
        Some((roaming, None)) => format!(" With sessions in memory {}.", refusals(&roaming)),
        Some((roaming, Some(stuck))) => format!(
            " With sessions in memory {}, and {} when each person stayed with a replica.",
            refusals(&roaming),
            percent(stuck.value())
        ),
    };
    let cases = [
        ("session in Redis", Some(in_redis)),
        ("session in memory", in_memory.map(|(roaming, _)| roaming)),
        ("the same, sticking", in_memory.and_then(|(_, stuck)| stuck)),
    ];
    let (of_redis, of_memory) = (found.answered(STATEFUL), in_memory.map(|_| found.answered(Mode::SessionMemory)));
    let verdict = match (of_redis, of_memory) {
        (Err(why), _) | (_, Some(Err(why))) => {
            return Some(Decision::new(Verdict::Inconclusive, Strength::Share(in_redis), why));
        }
        (Ok(Answered::WhereTheyStick), _) => Verdict::Supported,
        (Ok(_), Some(Ok(Answered::WhereTheyStick))) => Verdict::Depends,
        (Ok(_), _) => Verdict::Refuted,
    };
    Some(Decision::new(verdict, Strength::cases(in_redis.reads, cases), format!("{redis}{memory}")))
}

fn refusals(share: &Share) -> String {
    match share.hits {
        0 => format!("none of {} requests was refused", format::count(share.of)),
        _ => format!("{} requests were refused ({})", share.told(), percent(share.value())),
    }
}

impl AnyServer {
    fn of(&self, mode: Mode, sticking: bool) -> impl Iterator<Item = &Arm> {
        self.arms.iter().filter(move |arm| arm.mode == mode && arm.way.sticks() == sticking)
    }

    /// Those in which people go anywhere.
    fn ways(&self, mode: Mode) -> String {
        format::list(&self.of(mode, false).map(|arm| labels::way(arm.way).to_owned()).collect::<Vec<_>>())
    }

    /// Of those who went anywhere, and of those who stuck to their replica. None: nobody went anywhere.
    fn refused(&self, mode: Mode) -> Option<(Share, Option<Share>)> {
        let sum = |sticking| Share::sum(self.of(mode, sticking).map(|arm| arm.refused));
        Some((sum(false)?, sum(true)))
    }

    /// # Errors
    /// A sentence why nobody knows.
    fn answered(&self, mode: Mode) -> Result<Answered, String> {
        let arms: Vec<&Arm> = self.arms.iter().filter(|arm| arm.mode == mode).collect();
        if let Some(unproved) = arms.iter().flat_map(|arm| &arm.unproved).next() {
            return Err(format!("This should have been so, and was not: {unproved}."));
        }
        let (failed, all) = arms.iter().fold((0, 0), |(failed, all), arm| (failed + arm.failed, all + arm.refused.of));
        if failed as f64 > FAILS * all as f64 {
            let failed = percent(failed as f64 / all as f64);
            return Err(format!("{failed} of the requests failed in other ways: that tells nothing of credentials."));
        }
        let (roaming, stuck) = self.refused(mode).ok_or("Nobody was sent to another replica.")?;
        match (roaming.is_above(REFUSED), stuck.map(|stuck| stuck.is_above(REFUSED))) {
            (Some(false), _) => Ok(Answered::Everywhere),
            (Some(true), Some(Some(false))) => Ok(Answered::WhereTheyStick),
            (Some(true), Some(Some(true))) => Ok(Answered::Nowhere),
            (Some(true), None) => {
                Err(format!("{}, and nobody tried to stick to a replica.", format::capital(&refusals(&roaming))))
            }
            _ => Err(format!("It takes more requests: {}.", refusals(&roaming))),
        }
    }
}
