//! Findings of `two-tabs`: what happens to two tabs of one user?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evidence::claims::{Case, Cases, Decision, Pair, Strength, Unit};
use crate::evidence::interval::{Estimate, Interval, wilson};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::AS_A_RULE;
use crate::evidence::verdict::Verdict;
use crate::recording::{Contest, Event, Mode, Outcome, Recording};
use crate::words;

/// Those that are about work in several steps.
pub const STEPS: [Contest; 3] = [Contest::TwoSteps, Contest::TenWrites, Contest::TwoBaskets];

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TwoTabs {
    /// By contest, then mode.
    pub races: Vec<Raced>,
}

/// All races of one kind in one fleet, on one replica and on two.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Raced {
    pub contest: Contest,
    pub mode: Mode,
    /// The most replicas between which the tabs were.
    pub replicas: u32,
    pub times: u64,
    pub outcomes: BTreeMap<Outcome, u64>,
    pub told_when_bought: u64,
}

impl Raced {
    pub fn ended(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Somebody goes on with work that is not there, or not all of it, and was not told.
    pub fn unsafe_ones(&self) -> u64 {
        self.ended(Outcome::Lost) + self.ended(Outcome::Forked)
    }
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<TwoTabs> {
    let mut races: BTreeMap<(Contest, Mode), Raced> = BTreeMap::new();
    for event in &recording.events {
        let Event::Race(race) = event else { continue };
        let all = races.entry((race.contest, race.mode)).or_insert_with(|| Raced {
            contest: race.contest,
            mode: race.mode,
            replicas: 0,
            times: 0,
            outcomes: BTreeMap::new(),
            told_when_bought: 0,
        });
        all.replicas = all.replicas.max(race.replicas);
        all.told_when_bought += race.told_when_bought;
        for (outcome, times) in &race.outcomes {
            *all.outcomes.entry(*outcome).or_default() += times;
            all.times += times;
        }
    }
    (!races.is_empty()).then(|| TwoTabs { races: races.into_values().collect() })
}

/// Which side is the safer one in one contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Safer {
    Session,
    Token,
    Neither,
    /// The intervals overlap, and are too wide to call it the same.
    Open,
}

impl TwoTabs {
    pub fn raced(&self, contest: Contest, mode: Mode) -> Option<&Raced> {
        self.races.iter().find(|raced| raced.contest == contest && raced.mode == mode && raced.times > 0)
    }

    fn safer(&self, contest: Contest) -> Safer {
        let share = |mode| {
            let raced = self.raced(contest, mode)?;
            Some((raced.unsafe_ones(), wilson(raced.unsafe_ones(), raced.times)?))
        };
        let Some(((token, of_token), (session, of_session))) = share(STATELESS).zip(share(STATEFUL)) else {
            return Safer::Open;
        };
        match (token, session) {
            _ if of_session.high < of_token.low => Safer::Session,
            _ if of_token.high < of_session.low => Safer::Token,
            (0, 0) if of_token.high.max(of_session.high) < AS_A_RULE => Safer::Neither,
            _ => Safer::Open,
        }
    }

    fn estimate(&self, mode: Mode) -> Option<Estimate> {
        let raced = STEPS.iter().filter_map(|contest| self.raced(*contest, mode));
        let (hits, of) = raced.fold((0, 0), |(hits, of), raced| (hits + raced.unsafe_ones(), of + raced.times));
        let Interval { low, high } = wilson(hits, of)?;
        let value = hits as f64 / of as f64;
        Some(Estimate { value, interval: Some(Interval { low, high }), blocks: of as usize })
    }
}

/// "Work in several steps is safer in a session."
pub(crate) fn workflows(found: &TwoTabs) -> Option<Decision> {
    let answers = STEPS.map(|contest| found.safer(contest));
    let any = |wanted| answers.contains(&wanted);
    let verdict = match (any(Safer::Session), any(Safer::Token)) {
        (true, true) => Verdict::Depends,
        _ if any(Safer::Open) => Verdict::Inconclusive,
        (true, false) => Verdict::Supported,
        (false, _) => Verdict::Refuted,
    };
    // Which races there are was our choice: where they disagree, no one figure for all of them means anything.
    let effect = found.estimate(STATELESS).zip(found.estimate(STATEFUL)).map(|(stateless, stateful)| {
        Strength::Pair(Pair {
            reads: "of the races ended with work lost, or in two drafts",
            unit: Unit::Share,
            stateless,
            stateful,
        })
    });
    let because = match effect {
        None => "It takes races on both sides: tokens, and sessions in Redis.".to_owned(),
        Some(_) => [one_checkout(found), two_baskets(found)].into_iter().flatten().collect::<Vec<_>>().join(" "),
    };
    let effect = if verdict == Verdict::Depends { Some(one_by_one(found)) } else { effect };
    Some(Decision { verdict, effect, because })
}

/// Each race by itself, on either side.
fn one_by_one(found: &TwoTabs) -> Strength {
    let races = [(Contest::TwoSteps, "one checkout"), (Contest::TwoBaskets, "a basket in each tab")];
    let arms = races.into_iter().flat_map(|race| [(race, STATELESS, "tokens"), (race, STATEFUL, "session")]);
    let case = |((contest, name), mode, side): ((Contest, &str), Mode, &str)| {
        let raced = found.raced(contest, mode)?;
        Some(Case { label: format!("{name}, {side}"), hits: raced.unsafe_ones(), of: raced.times })
    };
    Strength::Cases(Cases { reads: "ended with work lost, or in two drafts", cases: arms.filter_map(case).collect() })
}

fn one_checkout(found: &TwoTabs) -> Option<String> {
    let contest = Contest::TwoSteps;
    let (token, session) = (found.raced(contest, STATELESS)?, found.raced(contest, STATEFUL)?);
    Some(format!(
        "Two tabs in one checkout: with a session one of them was told to look again {} of {} times, and {} times work was \
         lost; with tokens {} of {} ended in two drafts, and of those {} were told when both tabs bought.",
        words::count(session.ended(Outcome::Refused)),
        words::count(session.times),
        words::count(session.unsafe_ones()),
        words::count(token.ended(Outcome::Forked)),
        words::count(token.times),
        words::count(token.told_when_bought),
    ))
}

fn two_baskets(found: &TwoTabs) -> Option<String> {
    let contest = Contest::TwoBaskets;
    let (token, session) = (found.raced(contest, STATELESS)?, found.raced(contest, STATEFUL)?);
    Some(format!(
        "A basket in each tab: with a session, which has room for one, a tab bought the other's {} of {} times; with tokens \
         {} of {} times.",
        words::count(session.ended(Outcome::Lost)),
        words::count(session.times),
        words::count(token.ended(Outcome::Lost)),
        words::count(token.times),
    ))
}
