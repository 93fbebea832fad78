//! Experiment `memory`: what does a login cost while nobody asks?
//!
//! What a fleet holds grows by so many bytes a login: the slope of a straight line through the readings of one fleet, by
//! least squares, and one slope a fleet is one observation. The reading before the first login is no part of it: the first
//! ones warm up whatever is taken once, such as a connection, a script or a cache.

pub mod chapter;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::evidence::claims::{Decision, Strength, Unit};
use crate::evidence::interval::{self, Estimate, Interval};
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{CACHES, FEWEST_BLOCKS, GIVEN_BACK, KEPT_NOT, NOTHING_KEPT};
use crate::evidence::verdict::Verdict;
use crate::experiments::by_kind;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{self, count, number, percent};
use crate::recording::{Event, Experiment, MemorySample, Mode, Reading, Recording};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<Memory> = ExperimentSpec {
    name: Experiment::Memory,
    question: "What does a login cost while nobody asks?",
    prediction: "A token costs its server nothing at all, and a session costs memory for as long as it lasts.",
    claims: &[
        claim(
            "login-takes-no-memory-without-a-session",
            Stateless,
            "A login takes no server memory without a session",
            stateless,
        ),
        claim(
            "session-takes-memory-while-it-lasts",
            Stateful,
            "A session takes server memory for as long as it lasts",
            stateful,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    pub modes: Vec<Holding>,
    pub expiry: Option<Expiry>,
}

/// Bytes a login, of one kind of fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Holding {
    pub mode: Mode,
    /// Fleets that were filled for this.
    pub climbs: usize,
    /// Logins in the fullest of them.
    pub most: u64,
    /// Resident memory of the replica, and what Redis has in use.
    pub memory: Estimate,
    pub replica: Estimate,
    pub redis: Option<Estimate>,
    pub redis_resident: Option<Estimate>,
    /// On disk.
    pub database: Estimate,
    /// What an idle fleet seems to take a login: its memory read twice, over the logins between first and last reading.
    pub idle: f64,
    /// Bytes by which the memory grew between the first logins and the last, in the fleet in which it grew most.
    pub grew: f64,
    /// Logins → memory in all, for the picture.
    pub points: Vec<(u64, Estimate)>,
}

/// Sessions that were left to end by themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiry {
    pub logins: u64,
    /// Of what Redis has in use, in bytes: before the first login, with all of them, and when all have expired.
    pub before: u64,
    pub lasting: u64,
    pub after: u64,
    /// Of what the sessions took.
    pub given_back: f64,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<Memory> {
    let held = recording.events.iter();
    let held: Vec<&MemorySample> =
        held.filter_map(|event| if let Event::MemorySample(held) = event { Some(held) } else { None }).collect();
    held.first()?;
    let modes: BTreeSet<Mode> = held.iter().map(|held| held.mode).collect();
    let expired = held.iter().copied().find(|held| held.moment == Reading::Expired);
    let climbing = |one: &&MemorySample| expired.is_none_or(|expired| !same_fleet(one, expired));
    let climbs: Vec<&MemorySample> = held.iter().copied().filter(climbing).collect();
    let modes = modes.into_iter().filter_map(|mode| holding(mode, &climbs)).collect();
    Some(Memory { modes, expiry: expired.and_then(|expired| expiry(expired, &held)) })
}

fn same_fleet(one: &MemorySample, other: &MemorySample) -> bool {
    (one.mode, one.climb) == (other.mode, other.climb)
}

/// None when no fleet of it was filled to two levels.
fn holding(mode: Mode, held: &[&MemorySample]) -> Option<Holding> {
    let own: Vec<&MemorySample> = held.iter().copied().filter(|held| held.mode == mode).collect();
    let climbing = own.iter().copied().filter(|held| held.moment == Reading::LoggedIn && held.logins > 0);
    let mut climbs: Vec<Vec<&MemorySample>> = by_kind(&climbing.collect::<Vec<_>>(), |held| held.climb);
    climbs.retain(|climb| climb.len() >= 2);
    climbs.sort_by_key(|climb| climb[0].climb);
    let slope_of = |bytes: &dyn Fn(&MemorySample) -> Option<u64>| {
        let slopes: Option<Vec<f64>> = climbs.iter().map(|climb| slope(climb, bytes)).collect();
        interval::mean(&slopes?)
    };
    let levels: BTreeSet<u64> = own.iter().map(|held| held.logins).collect();
    let at = |logins: u64| {
        let same = own.iter().filter(|held| held.logins == logins && held.moment == Reading::LoggedIn);
        Some((logins, interval::mean(&same.map(|held| memory(held) as f64).collect::<Vec<_>>())?))
    };
    Some(Holding {
        mode,
        climbs: climbs.len(),
        most: own.iter().map(|held| held.logins).max()?,
        memory: slope_of(&|held| Some(memory(held)))?,
        replica: slope_of(&|held| Some(held.replica_bytes))?,
        redis: slope_of(&|held| Some(held.redis?.used_bytes)),
        redis_resident: slope_of(&|held| Some(held.redis?.resident_bytes)),
        database: slope_of(&|held| Some(held.database_bytes))?,
        idle: idle(&own, &climbs),
        grew: climbs.iter().filter_map(|climb| rise(climb)).fold(0.0, f64::max),
        points: levels.into_iter().filter_map(at).collect(),
    })
}

/// What the machine must have for it, while its pages on disk can go and come.
fn memory(held: &MemorySample) -> u64 {
    held.replica_bytes + held.redis.map_or(0, |redis| redis.used_bytes)
}

/// By least squares. None when one reading lacks it.
fn slope(climb: &[&MemorySample], bytes: &dyn Fn(&MemorySample) -> Option<u64>) -> Option<f64> {
    let points: Option<Vec<(f64, f64)>> =
        climb.iter().map(|held| Some((held.logins as f64, bytes(held)? as f64))).collect();
    let points = points?;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    (spread > 0.0).then_some(together / spread)
}

fn idle(own: &[&MemorySample], climbs: &[Vec<&MemorySample>]) -> f64 {
    let apart = |again: &&&MemorySample| {
        let climb = climbs.iter().find(|climb| climb.first().is_some_and(|first| same_fleet(first, again)))?;
        let (first, last) = (climb.first()?, climb.last()?);
        let apart = memory(again).abs_diff(memory(first)) as f64;
        Some(apart / last.logins.abs_diff(first.logins).max(1) as f64)
    };
    let again = own.iter().filter(|held| held.moment == Reading::Again);
    again.filter_map(|again| apart(&again)).fold(0.0, f64::max)
}

fn rise(climb: &[&MemorySample]) -> Option<f64> {
    Some(memory(climb.last()?) as f64 - memory(climb.first()?) as f64)
}

/// None when some had expired already before they were counted: then nobody knows what all of them took.
fn expiry(expired: &MemorySample, held: &[&MemorySample]) -> Option<Expiry> {
    let mut same = held.iter().filter(|one| same_fleet(one, expired) && one.moment == Reading::LoggedIn);
    let before = same.clone().find(|one| one.logins == 0)?.redis?;
    let lasting = same.find(|one| one.logins == expired.logins)?.redis?;
    let after = expired.redis?;
    if lasting.keys < expired.logins * KEYS || lasting.used_bytes <= before.used_bytes {
        return None;
    }
    let taken = (lasting.used_bytes - before.used_bytes) as f64;
    let given_back = (lasting.used_bytes as f64 - after.used_bytes as f64) / taken;
    let (before, lasting, after) = (before.used_bytes, lasting.used_bytes, after.used_bytes);
    Some(Expiry { logins: expired.logins, before, lasting, after, given_back })
}

/// Of a login in Redis: the session, and the list by which its user finds it.
const KEYS: u64 = 2;

/// "A login takes no server memory without a session."
pub(crate) fn stateless(found: &Memory) -> Option<Decision> {
    let here = of(found, STATELESS)?;
    let told = format!("{} bytes of memory a login, over {}.", here.memory.growth(), logins(here));
    let (verdict, because) = match here.memory.interval {
        None => (Verdict::Inconclusive, format!("{told} No interval, which takes {FEWEST_BLOCKS} fleets.")),
        Some(Interval { high, .. }) if high <= NOTHING_KEPT => (Verdict::Supported, told),
        Some(Interval { low, .. }) if low > NOTHING_KEPT && here.grew > CACHES => (Verdict::Refuted, told),
        Some(_) => (
            Verdict::Inconclusive,
            format!(
                "{told} That cannot be told from the noise of a process and the caches of its database, {} in all; more \
                 logins can.",
                format::memory(here.grew.max(0.0) as u64)
            ),
        ),
    };
    let disk = format!("Nothing is not what it takes: each is a row of {} bytes on disk.", number(here.database.value));
    let because = if here.database.value > 0.0 { format!("{because} {disk}") } else { because };
    Some(Decision { verdict, effect: pair(found), because })
}

/// "A session takes server memory for as long as it lasts."
pub(crate) fn stateful(found: &Memory) -> Option<Decision> {
    let here = of(found, STATEFUL)?;
    let told = format!("{} bytes of memory a session, over {}.", here.memory.growth(), logins(here));
    let (verdict, because) = match (here.memory.interval, &found.expiry) {
        (None, _) => (Verdict::Inconclusive, format!("{told} No interval, which takes {FEWEST_BLOCKS} fleets.")),
        (Some(Interval { high, .. }), _) if high <= NOTHING_KEPT => (Verdict::Refuted, told),
        (Some(Interval { low, .. }), _) if low <= NOTHING_KEPT => {
            (Verdict::Inconclusive, format!("{told} That is not told apart from nothing; more logins can."))
        }
        (Some(_), None) => (Verdict::Inconclusive, format!("{told} Whether it comes back when they end was not seen.")),
        (Some(_), Some(expiry)) => lasting(&told, expiry),
    };
    Some(Decision { verdict, effect: pair(found), because })
}

fn lasting(told: &str, expiry: &Expiry) -> (Verdict, String) {
    let (back, all) = (percent(expiry.given_back.max(0.0)), count(expiry.logins));
    let seen = format!("{told} When {all} sessions had expired, {back} of what they took was free again in Redis.");
    match expiry.given_back {
        GIVEN_BACK.. => (Verdict::Supported, seen),
        ..KEPT_NOT => (Verdict::Refuted, format!("{seen} It stays taken longer than they last.")),
        _ => (Verdict::Inconclusive, format!("{seen} More sessions can tell whether the rest is their own.")),
    }
}

fn logins(holding: &Holding) -> String {
    let fleets = if holding.climbs == 1 { "one fleet".into() } else { format!("{} fleets", holding.climbs) };
    format!("{} with up to {} logins", fleets, count(holding.most))
}

fn of(found: &Memory, mode: Mode) -> Option<&Holding> {
    found.modes.iter().find(|holding| holding.mode == mode)
}

/// None when one side is missing, or may be nothing but a cache.
fn pair(found: &Memory) -> Option<Strength> {
    let (stateless, stateful) = (of(found, STATELESS)?, of(found, STATEFUL)?);
    let keeps_nothing = stateless.memory.interval.is_some_and(|interval| interval.high <= NOTHING_KEPT);
    if !keeps_nothing && stateless.grew <= CACHES {
        return None;
    }
    let [stateless, stateful] = [stateless, stateful].map(|here| here.memory.map(|bytes| bytes.max(0.0)));
    Some(Strength::pair("of memory a login", Unit::Bytes, stateless, stateful))
}
