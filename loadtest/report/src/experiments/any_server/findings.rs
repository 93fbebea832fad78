//! Findings of `any-server`: can any replica answer any request?

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::evidence::claims::{Case, Cases, Decision, Share, Strength};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{CARRIES, FAILS, REFUSED};
use crate::evidence::verdict::Verdict;
use crate::recording::{Drill, Experiment, Mode, Recording, Way};
use crate::words;
use crate::words::percent;

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
    let drills: Vec<&Drill> = recording.drills(Experiment::AnyServer).collect();
    let mut kinds: Vec<(Mode, Way)> = Vec::new();
    for drill in &drills {
        if !kinds.contains(&(drill.mode, drill.way)) {
            kinds.push((drill.mode, drill.way));
        }
    }
    let of = |(mode, way)| drills.iter().copied().filter(move |drill| (drill.mode, drill.way) == (mode, way));
    let arms: Vec<Arm> = kinds.iter().map(|kind| arm(*kind, &of(*kind).collect::<Vec<_>>())).collect();
    let joined = kinds.iter().filter_map(|kind| joined(of(*kind).next()?)).collect();
    (!arms.is_empty()).then_some(AnyServer { arms, joined })
}

fn arm((mode, way): (Mode, Way), drills: &[&Drill]) -> Arm {
    let sum = |count: fn(&Drill) -> u64| drills.iter().map(|drill| count(drill)).sum::<u64>();
    let before: Vec<u64> = drills.iter().flat_map(|drill| answers_before(drill).into_values()).collect();
    let shares: Vec<f64> = drills.iter().flat_map(|drill| of_mean(&answers_before(drill))).collect();
    let enough = !shares.is_empty() && before.iter().sum::<u64>() > 0;
    let spread = (shares.iter().map(|share| (share - 1.0).powi(2)).sum::<f64>() / shares.len().max(1) as f64).sqrt();
    let unproved = drills.iter().flat_map(|drill| &drill.proofs).filter(|proof| !proof.holds);
    let alone = drills.iter().filter(|drill| join(drill).is_none());
    Arm {
        mode,
        way,
        refused: Share {
            reads: "requests were refused with 401",
            hits: sum(|drill| drill.ended.unauthorized),
            of: sum(|drill| drill.ended.all()),
        },
        failed: sum(|drill| drill.ended.failed()),
        busiest: enough.then(|| shares.iter().copied().fold(0.0, f64::max)),
        variation: enough.then_some(spread),
        carried_after: drills.iter().filter_map(|drill| carried(drill)).collect(),
        unproved: unproved
            .map(|proof| proof.says.clone())
            .chain(alone.map(|_| "one more replica joins".into()))
            .collect(),
    }
}

/// When the newcomer joined. None: nobody came.
fn join(drill: &Drill) -> Option<Duration> {
    drill.marks.first().map(|mark| mark.at)
}

/// Replica → answers before the bucket in which the newcomer joined.
fn answers_before(drill: &Drill) -> BTreeMap<&str, u64> {
    let until = join(drill).map_or(usize::MAX, |at| bucket(drill, at));
    let early = drill.answered_by.iter().map(|(replica, answers)| {
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

fn bucket(drill: &Drill, at: Duration) -> usize {
    (at.as_nanos() / drill.bucket.as_nanos().max(1)) as usize
}

fn joined(drill: &Drill) -> Option<Joined> {
    let at = join(drill)?;
    let old = answers_before(drill);
    let all = |index: usize| drill.answered_by.values().filter_map(|counts| counts.get(index)).sum::<u32>();
    let newcomers = drill.answered_by.iter().filter(|(replica, _)| !old.contains_key(replica.as_str()));
    let newcomer = newcomers.map(|(_, counts)| counts.clone()).next().unwrap_or_default();
    let spans = drill.answered_by.values().map(Vec::len).max().unwrap_or(0);
    // Not the span in which it joined: it was there for a part of that.
    let since = |counts: &Vec<u32>| counts.iter().skip(bucket(drill, at) + 1).sum::<u32>();
    let all_since: u32 = drill.answered_by.values().map(since).sum();
    let share = |index: usize| f64::from(newcomer.get(index).copied().unwrap_or(0)) / f64::from(all(index).max(1));
    Some(Joined {
        mode: drill.mode,
        way: drill.way,
        bucket: drill.bucket,
        at,
        fair: 1.0 / (old.len() + 1) as f64,
        shares: (0..spans).map(share).collect(),
        in_the_end: f64::from(since(&newcomer)) / f64::from(all_since.max(1)),
    })
}

/// Until the end of the first span in which the newcomer answered as much as it should. None: nobody came.
fn carried(drill: &Drill) -> Option<Option<Duration>> {
    let joined = joined(drill)?;
    let from = bucket(drill, joined.at);
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
    let told = format!("{}. So it was when {}.", words::capital(&refusals(&roaming)), found.ways(STATELESS));
    let (verdict, because) = match found.answered(STATELESS) {
        Ok(Answered::Everywhere) => (Verdict::Supported, told),
        Ok(_) => (Verdict::Refuted, told),
        Err(why) => (Verdict::Inconclusive, why),
    };
    Some(decision(verdict, roaming, because))
}

/// "A session needs a client that sticks to its replica": by where the sessions are.
pub(crate) fn stateful(found: &AnyServer) -> Option<Decision> {
    let (in_redis, in_memory) = (found.refused(STATEFUL)?.0, found.refused(Mode::SessionMemory));
    let redis = format!("With sessions in Redis {}, wherever they came.", refusals(&in_redis));
    let memory = match &in_memory {
        None => String::new(),
        Some((roaming, None)) => format!(" With sessions in memory {}.", refusals(roaming)),
        Some((roaming, Some(stuck))) => format!(
            " With sessions in memory {}, and {} when each person stayed with a replica.",
            refusals(roaming),
            percent(stuck.hits as f64 / stuck.of.max(1) as f64)
        ),
    };
    let stuck = in_memory.as_ref().and_then(|(_, stuck)| stuck.as_ref());
    let cases = [
        ("session in Redis", Some(&in_redis)),
        ("session in memory", in_memory.as_ref().map(|(roaming, _)| roaming)),
        ("the same, sticking", stuck),
    ];
    let cases = cases.into_iter().filter_map(|(label, share)| Some(Case::of(label, share?))).collect();
    let effect = Some(Strength::Cases(Cases { reads: in_redis.reads, cases }));
    let (of_redis, of_memory) =
        (found.answered(STATEFUL), in_memory.as_ref().map(|_| found.answered(Mode::SessionMemory)));
    let verdict = match (of_redis, of_memory) {
        (Err(why), _) | (_, Some(Err(why))) => return Some(decision(Verdict::Inconclusive, in_redis, why)),
        (Ok(Answered::WhereTheyStick), _) => Verdict::Supported,
        (Ok(_), Some(Ok(Answered::WhereTheyStick))) => Verdict::Depends,
        (Ok(_), _) => Verdict::Refuted,
    };
    Some(Decision { effect, ..decision(verdict, in_redis, format!("{redis}{memory}")) })
}

fn decision(verdict: Verdict, refused: Share, because: String) -> Decision {
    Decision { verdict, effect: Some(Strength::Share(refused)), because }
}

fn refusals(share: &Share) -> String {
    match share.hits {
        0 => format!("none of {} requests was refused", words::count(share.of)),
        hits => format!(
            "{} of {} requests were refused ({})",
            words::count(hits),
            words::count(share.of),
            percent(hits as f64 / share.of as f64)
        ),
    }
}

impl AnyServer {
    fn of(&self, mode: Mode, sticking: bool) -> impl Iterator<Item = &Arm> {
        self.arms.iter().filter(move |arm| arm.mode == mode && arm.way.sticks() == sticking)
    }

    /// Those in which people go anywhere.
    fn ways(&self, mode: Mode) -> String {
        words::list(&self.of(mode, false).map(|arm| words::way(arm.way).to_owned()).collect::<Vec<_>>())
    }

    /// Of those who went anywhere, and of those who stuck to their replica. None: nobody went anywhere.
    fn refused(&self, mode: Mode) -> Option<(Share, Option<Share>)> {
        let sum = |sticking| {
            let shares: Vec<&Share> = self.of(mode, sticking).map(|arm| &arm.refused).collect();
            let (hits, of) = (shares.iter().map(|share| share.hits).sum(), shares.iter().map(|share| share.of).sum());
            (!shares.is_empty()).then_some(Share { reads: "requests were refused with 401", hits, of })
        };
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
        match (is_often(&roaming), stuck.as_ref().map(is_often)) {
            (Some(false), _) => Ok(Answered::Everywhere),
            (Some(true), Some(Some(false))) => Ok(Answered::WhereTheyStick),
            (Some(true), Some(Some(true))) => Ok(Answered::Nowhere),
            (Some(true), None) => {
                Err(format!("{}, and nobody tried to stick to a replica.", words::capital(&refusals(&roaming))))
            }
            _ => Err(format!("It takes more requests: {}.", refusals(&roaming))),
        }
    }
}

/// None: too few requests to tell.
fn is_often(share: &Share) -> Option<bool> {
    share.interval()?.is_above(REFUSED)
}
