//! Experiment `revocation`: how long does a credential outlive its logout?

pub mod chapter;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::evidence::claims::{Decision, Share, Strength, Unit};
use crate::evidence::interval::Estimate;
use crate::evidence::rank::{median, p95};
use crate::evidence::sides::Side::Stateless;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{AS_A_RULE, AT_ONCE, SAME_CALLS};
use crate::evidence::verdict::Verdict;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format;
use crate::recording::{Event, Experiment, Exposure, Mode, Recording, Taken, Told, Upkeep};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<Revocation> = ExperimentSpec {
    name: Experiment::Revocation,
    question: "How long does a credential outlive its logout?",
    prediction: "A session ends at once. A token cannot be taken back before it expires.",
    claims: &[
        claim("token-outlives-logout", Stateless, "A token outlives its logout, and a session does not", outlives),
        claim(
            "ending-a-token-at-once-costs-a-session",
            Stateless,
            "To end a token at once costs what a session costs",
            bought,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    /// By what was taken, then mode and lifetime.
    pub arms: Vec<Arm>,
    pub prices: Vec<Price>,
}

/// The same thing taken from several people of one fleet. An exposure is told by its later end, in seconds: then all
/// replicas refused. Zero: nothing was let in after the answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    /// Seconds that a credential lives while nobody renews it.
    pub lifetime: f64,
    pub taken: Taken,
    pub told: Told,
    pub people: u64,
    /// Of whom no copy was let in.
    pub none_seen: u64,
    /// Whose copies were let in for longer than [`AT_ONCE`].
    pub outlived: u64,
    /// Whose copies were still let in when nobody waited any longer.
    pub given_up: u64,
    pub median: Estimate,
    pub p95: Option<f64>,
    pub shortest: f64,
    pub longest: f64,
    /// An ordinary request. None: it was not counted.
    pub store_calls: Option<f64>,
}

/// What it costs to know people, and to keep them known.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    pub mode: Mode,
    pub lifetime: f64,
    pub requests: u64,
    pub store_calls: f64,
    pub renewals: u64,
    /// None: nothing has to be renewed.
    pub statements_a_renewal: Option<f64>,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<Revocation> {
    let mut seen: BTreeMap<(Taken, Mode, Duration, Told), Vec<&Exposure>> = BTreeMap::new();
    let mut prices = Vec::new();
    for event in &recording.events {
        match event {
            Event::Exposure(one) => seen.entry((one.taken, one.mode, one.lifetime, one.told)).or_default().push(one),
            Event::Upkeep(upkeep) => prices.push(price(upkeep)),
            _ => {}
        }
    }
    prices.sort_by(|a, b| (a.mode, a.lifetime).partial_cmp(&(b.mode, b.lifetime)).unwrap_or(std::cmp::Ordering::Equal));
    let arms: Vec<Arm> = seen.values().filter_map(|exposures| arm(exposures, &prices)).collect();
    (!arms.is_empty() || !prices.is_empty()).then_some(Revocation { arms, prices })
}

fn arm(exposures: &[&Exposure], prices: &[Price]) -> Option<Arm> {
    let Exposure { mode, taken, told, lifetime, .. } = **exposures.first()?;
    let lifetime = lifetime.as_secs_f64();
    let mut seconds: Vec<f64> = exposures.iter().map(|one| exposed(one)).collect();
    seconds.sort_by(f64::total_cmp);
    let count = |is_so: &dyn Fn(&Exposure) -> bool| exposures.iter().filter(|one| is_so(one)).count() as u64;
    let price = prices.iter().find(|price| price.mode == mode && price.lifetime == lifetime);
    Some(Arm {
        mode,
        lifetime,
        taken,
        told,
        people: seconds.len() as u64,
        none_seen: count(&|one| one.accepted == 0),
        outlived: count(&|one| exposed(one) > AT_ONCE),
        given_up: count(&|one| one.given_up),
        median: median(&seconds)?,
        p95: p95(&seconds),
        shortest: *seconds.first()?,
        longest: *seconds.last()?,
        store_calls: price.map(|price| price.store_calls),
    })
}

fn exposed(one: &Exposure) -> f64 {
    match (one.given_up, one.accepted) {
        (true, _) => one.last_accepted.as_secs_f64(),
        (false, 0) => 0.0,
        (false, _) => one.refused_from.as_secs_f64(),
    }
}

fn price(upkeep: &Upkeep) -> Price {
    let per = |count: u64, of: u64| (of > 0).then(|| count as f64 / of as f64);
    Price {
        mode: upkeep.mode,
        lifetime: upkeep.lifetime.as_secs_f64(),
        requests: upkeep.requests,
        store_calls: per(upkeep.store_calls, upkeep.requests).unwrap_or(0.0),
        renewals: upkeep.renewals,
        statements_a_renewal: per(upkeep.renewal_statements, upkeep.renewals),
    }
}

impl Revocation {
    /// Its logouts, of the credentials that live longest.
    pub fn longest_lived(&self, mode: Mode) -> Option<&Arm> {
        self.logouts(mode).last()
    }

    /// Logouts in fleets of this mode, where any replica may be told; else where the right one was.
    fn logouts(&self, mode: Mode) -> impl Iterator<Item = &Arm> {
        let told = if mode.is_sticky() { Told::Same } else { Told::Another };
        self.arms.iter().filter(move |arm| arm.mode == mode && arm.taken == Taken::Login && arm.told == told)
    }

    fn outlive(&self, mode: Mode) -> Share {
        let reads = "outlived their logout";
        let of_arm = |arm: &Arm| Share { reads, hits: arm.outlived, of: arm.people };
        Share::sum(self.logouts(mode).map(of_arm)).unwrap_or(Share { reads, hits: 0, of: 0 })
    }

    fn price(&self, mode: Mode) -> Option<&Price> {
        self.prices.iter().find(|price| price.mode == mode && price.requests > 0)
    }
}

/// "A token outlives its logout, and a session does not."
pub(crate) fn outlives(found: &Revocation) -> Option<Decision> {
    let (token, session) = (found.outlive(STATELESS), found.outlive(STATEFUL));
    if token.of.min(session.of) == 0 {
        return Some(Decision::undecided("It takes logouts on both sides: with tokens, and with sessions in Redis."));
    }
    let verdict = match (token.is_above(AS_A_RULE), session.is_above(AS_A_RULE)) {
        (Some(true), Some(false)) => Verdict::Supported,
        (Some(_), Some(_)) => Verdict::Refuted,
        _ => Verdict::Inconclusive,
    };
    let because = format!(
        "A copy was still let in {} after {} of {} logouts with a token, and {} of {} with a session in Redis.{}",
        format::duration(Duration::from_secs_f64(AT_ONCE)),
        token.hits,
        token.of,
        session.hits,
        session.of,
        found.longest_lived(STATELESS).map(lived).unwrap_or_default(),
    );
    Some(Decision { verdict, effect: medians(found), because })
}

/// Of the longest-lived token, and of the session.
fn medians(found: &Revocation) -> Option<Strength> {
    let (token, session) = found.longest_lived(STATELESS).zip(found.longest_lived(STATEFUL))?;
    Some(Strength::pair("after the logout, the copy is still let in", Unit::Seconds, token.median, session.median))
}

fn lived(token: &Arm) -> String {
    format!(
        " A token of {} was let in for up to {}: its own life, and the time by which a server lets clocks differ.",
        format::lifetime(token.lifetime),
        format::micros(token.longest * 1e6),
    )
}

/// "To end a token at once costs what a session costs."
pub(crate) fn bought(found: &Revocation) -> Option<Decision> {
    let ended = found.outlive(Mode::JwtDenylist);
    let (denylist, session) = (found.price(Mode::JwtDenylist), found.price(STATEFUL));
    let (Some(denylist), Some(session)) = (denylist, session) else {
        return Some(Decision::undecided(
            "Store calls were not counted on both sides: it takes a fleet with a denylist, and one with sessions in Redis.",
        ));
    };
    let (verdict, told) = match (ended.is_above(AS_A_RULE), denylist.store_calls - session.store_calls) {
        (None, _) => (Verdict::Inconclusive, "Too few logouts were tried to say that a denylist ends a token at once"),
        (Some(true), _) => (Verdict::Refuted, "A denylist did not end tokens at once"),
        (Some(false), more) if more.abs() <= SAME_CALLS => (Verdict::Supported, "A denylist ended tokens at once"),
        (Some(false), _) => (Verdict::Refuted, "A denylist ended tokens at once, at another price"),
    };
    let mut because = format!(
        "{told} ({} of {} copies were let in any longer). It asks Redis {} times a request, and a session {} times.",
        ended.hits,
        ended.of,
        format::number(denylist.store_calls),
        format::number(session.store_calls),
    );
    because.extend(found.price(Mode::SessionNearCache).map(|near| beside(near, found.outlive(Mode::SessionNearCache))));
    let [denylist, session] = [denylist, session].map(|price| Estimate::exact(price.store_calls));
    Some(Decision::new(verdict, Strength::pair("store calls a request", Unit::Count, denylist, session), because))
}

fn beside(near: &Price, ended: Share) -> String {
    format!(
        " With a near cache a session takes {} calls, and {} of {} outlived their logout.",
        format::number(near.store_calls),
        ended.hits,
        ended.of,
    )
}
