//! Verdict of `two-tabs`: is it decided as its thresholds say?

use std::collections::BTreeMap;

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Contest, Event, Experiment, Mode, Outcome, Race};

use crate::{told, verdict};

const CLAIM: &str = "work-in-steps-is-safer-in-a-session";
const ALL: [Contest; 6] = [
    Contest::TwoSteps,
    Contest::TenWrites,
    Contest::TwoBaskets,
    Contest::DoubleRefresh,
    Contest::LateStep,
    Contest::LateWrite,
];

/// Half of the times on one replica, and half on two.
fn race(mode: Mode, contest: Contest, outcomes: &[(Outcome, u64)]) -> Vec<Event> {
    let of = |replicas| {
        let outcomes: BTreeMap<Outcome, u64> = outcomes.iter().map(|(outcome, times)| (*outcome, times / 2)).collect();
        let forks = outcomes.get(&Outcome::Forked).copied().unwrap_or(0);
        let told_when_bought = if contest == Contest::TwoSteps { forks } else { 0 };
        Event::Race(Race { mode, contest, replicas, outcomes, told_when_bought })
    };
    vec![of(1), of(2)]
}

/// As both servers do it.
fn usual(mode: Mode, contest: Contest, times: u64) -> Vec<Event> {
    let outcome = match (contest, mode.is_stateless()) {
        (Contest::TwoSteps | Contest::TenWrites, true) => Outcome::Forked,
        (Contest::TwoBaskets | Contest::DoubleRefresh, true) => Outcome::Kept,
        (Contest::LateStep, true) | (Contest::LateWrite, _) => Outcome::WrittenAfter,
        (Contest::TwoBaskets, false) => Outcome::Lost,
        (_, false) => Outcome::Refused,
    };
    race(mode, contest, &[(outcome, times)])
}

fn both(contests: &[Contest], times: u64) -> Vec<Event> {
    let modes = [Mode::Jwt, Mode::SessionRedis, Mode::SessionMemory];
    modes.iter().flat_map(|mode| contests.iter().flat_map(|contest| usual(*mode, *contest, times))).collect()
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::TwoTabs, Vec::new()), "");
}

#[test]
fn one_checkout_speaks_for_the_session_and_two_for_the_token() {
    assert_snapshot!(told(Experiment::TwoTabs, both(&ALL, 100)));
}

#[test]
fn a_session_that_also_keeps_two_baskets_apart_is_safer() {
    let mut events = both(&[Contest::TwoSteps, Contest::TenWrites], 100);
    events.extend(usual(Mode::Jwt, Contest::TwoBaskets, 100));
    events.extend(race(Mode::SessionRedis, Contest::TwoBaskets, &[(Outcome::Refused, 100)]));
    assert_snapshot!(told(Experiment::TwoTabs, events));
}

#[test]
fn a_session_that_loses_what_it_took_is_not_safer() {
    let mut events = both(&[Contest::TwoBaskets], 100);
    for contest in [Contest::TwoSteps, Contest::TenWrites] {
        events.extend(race(Mode::Jwt, contest, &[(Outcome::Kept, 100)]));
        events.extend(race(Mode::SessionRedis, contest, &[(Outcome::Kept, 60), (Outcome::Lost, 40)]));
    }
    assert_eq!(verdict(CLAIM, events), Some(Verdict::Refuted));
}

#[test]
fn where_neither_side_loses_anything_neither_is_safer() {
    let safe = |mode| ALL[..3].iter().flat_map(move |contest| race(mode, *contest, &[(Outcome::Kept, 100)]));
    assert_eq!(verdict(CLAIM, safe(Mode::Jwt).chain(safe(Mode::SessionRedis)).collect()), Some(Verdict::Refuted));
}

#[test]
fn two_races_are_too_few_and_six_are_enough() {
    let of = |times| verdict(CLAIM, both(&ALL, times));
    assert_eq!((of(2), of(6)), (Some(Verdict::Inconclusive), Some(Verdict::Depends)));
}

#[test]
fn one_side_alone_decides_nothing() {
    assert_snapshot!(told(Experiment::TwoTabs, usual(Mode::Jwt, Contest::TwoSteps, 10)));
}

#[test]
fn logins_that_end_or_come_back_are_told_by_their_name() {
    let mut events = race(Mode::SessionRedis, Contest::DoubleRefresh, &[(Outcome::LoggedOut, 4), (Outcome::Kept, 6)]);
    events.extend(race(Mode::SessionRedis, Contest::LateStep, &[(Outcome::Revived, 2), (Outcome::Refused, 8)]));
    assert_snapshot!(told(Experiment::TwoTabs, events));
}
