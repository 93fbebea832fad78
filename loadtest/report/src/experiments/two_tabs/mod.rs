//! Experiment `two-tabs`: what happens to two tabs of one person?

pub mod chapter;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evidence::claims::{Decision, Share, Strength, Unit};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::Side::Stateful;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::AS_A_RULE;
use crate::evidence::verdict::Verdict;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format;
use crate::recording::{Contest, Event, Experiment, Mode, Outcome, Recording};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<TwoTabs> = ExperimentSpec {
    name: Experiment::TwoTabs,
    question: "What happens to two tabs of one person?",
    prediction: "A session is the one place where both meet, so it is safe; a client that carries its own state loses \
                 some.",
    claims: &[claim(
        "work-in-steps-is-safer-in-a-session",
        Stateful,
        "Work in several steps is safer in a session",
        workflows,
    )],
    find: |evidence, _| findings(evidence.recording),
    section,
};

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
    fn unsafe_ones(&self) -> Share {
        let hits = self.ended(Outcome::Lost) + self.ended(Outcome::Forked);
        Share { reads: "ended with work lost, or in two drafts", hits, of: self.times }
    }

    /// "3 of 200".
    fn told(&self, outcome: Outcome) -> String {
        format::counted(self.ended(outcome), self.times)
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
            Some((raced.unsafe_ones().hits, raced.unsafe_ones().interval()?))
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
        let lost = Share::sum(raced.map(Raced::unsafe_ones))?;
        Some(Estimate { value: lost.value(), interval: lost.interval(), blocks: lost.of as usize })
    }

    /// (token, session).
    fn sides(&self, contest: Contest) -> Option<(&Raced, &Raced)> {
        self.raced(contest, STATELESS).zip(self.raced(contest, STATEFUL))
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
        Strength::pair("of the races ended with work lost, or in two drafts", Unit::Share, stateless, stateful)
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
    let sides = [(STATELESS, "tokens"), (STATEFUL, "session")];
    let arms = races.into_iter().flat_map(|(contest, name)| sides.map(|(mode, side)| (contest, mode, name, side)));
    let lost = |contest, mode| found.raced(contest, mode).map(Raced::unsafe_ones);
    let cases = arms.map(|(contest, mode, name, side)| (format!("{name}, {side}"), lost(contest, mode)));
    Strength::cases("ended with work lost, or in two drafts", cases)
}

fn one_checkout(found: &TwoTabs) -> Option<String> {
    let (token, session) = found.sides(Contest::TwoSteps)?;
    Some(format!(
        "Two tabs in one checkout: with a session one of them was told to look again {} times, and {} times work was \
         lost; with tokens {} ended in two drafts, and of those {} were told when both tabs bought.",
        session.told(Outcome::Refused),
        format::count(session.unsafe_ones().hits),
        token.told(Outcome::Forked),
        format::count(token.told_when_bought),
    ))
}

fn two_baskets(found: &TwoTabs) -> Option<String> {
    let (token, session) = found.sides(Contest::TwoBaskets)?;
    Some(format!(
        "A basket in each tab: with a session, which has room for one, a tab bought the other's {} times; with tokens \
         {} times.",
        session.told(Outcome::Lost),
        token.told(Outcome::Lost),
    ))
}
