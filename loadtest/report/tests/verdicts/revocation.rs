//! Verdict of `revocation`: is it decided as its thresholds say?

use std::time::Duration;

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Event, Experiment, Exposure, Mode, Taken, Told, Upkeep};

use crate::{told, verdict};

const SECOND: Duration = Duration::from_secs(1);
const LASTING: Duration = Duration::from_secs(7200);
const OUTLIVES: &str = "token-outlives-logout";
const BOUGHT: &str = "ending-a-token-at-once-costs-a-session";

/// Each of these people lost something, and was let in for about so long.
fn losses(mode: Mode, lifetime: Duration, taken: Taken, told: Told, exposures: &[Duration]) -> Vec<Event> {
    let one = |&last_accepted: &Duration| {
        let accepted = if last_accepted.is_zero() { 0 } else { 12 };
        let refused_from = last_accepted + last_accepted / 50;
        let given_up = false;
        Event::Exposure(Exposure {
            mode,
            lifetime,
            taken,
            told,
            asked: 30,
            accepted,
            last_accepted,
            refused_from,
            given_up,
        })
    };
    exposures.iter().map(one).collect()
}

fn logouts(mode: Mode, lifetime: Duration, exposures: &[Duration]) -> Vec<Event> {
    losses(mode, lifetime, Taken::Login, Told::Another, exposures)
}

/// A token is let in until its second is over, and two more.
fn token(people: u32, lifetime: Duration) -> Vec<Event> {
    let exposures: Vec<_> = (0..people).map(|number| lifetime + SECOND + SECOND / people * number).collect();
    [logouts(Mode::Jwt, lifetime, &exposures), losses(Mode::Jwt, lifetime, Taken::Role, Told::Another, &exposures)]
        .concat()
}

fn none(mode: Mode, people: usize) -> Vec<Event> {
    logouts(mode, LASTING, &vec![Duration::ZERO; people])
}

fn upkeep(mode: Mode, lifetime: Duration, store_calls: u64) -> Event {
    let renewals = if mode.is_stateless() { 40 } else { 0 };
    Event::Upkeep(Upkeep { mode, lifetime, requests: 1000, store_calls, renewals, renewal_statements: renewals * 4 })
}

/// No replica but the own one knows of it.
fn unheard(people: u32) -> Vec<Event> {
    let lasting = losses(Mode::SessionMemory, LASTING, Taken::Login, Told::Another, &vec![SECOND; people as usize]);
    let unending = |event| match event {
        Event::Exposure(one) => Event::Exposure(Exposure { given_up: true, refused_from: Duration::ZERO, ..one }),
        other => other,
    };
    lasting.into_iter().map(unending).collect()
}

fn whole(people: u32) -> Vec<Event> {
    let many = people as usize;
    let near = [vec![Duration::from_millis(3)], vec![Duration::ZERO; many - 1]].concat();
    let same = losses(Mode::SessionMemory, LASTING, Taken::Login, Told::Same, &vec![Duration::ZERO; many]);
    let mut events = [token(people, SECOND), token(people, 5 * SECOND), none(Mode::JwtDenylist, many)].concat();
    events.extend([none(Mode::SessionRedis, many), logouts(Mode::SessionNearCache, LASTING, &near), same].concat());
    events.extend(unheard(people));
    events.extend([SECOND, 5 * SECOND].map(|lifetime| upkeep(Mode::Jwt, lifetime, 0)));
    events.push(upkeep(Mode::JwtDenylist, LASTING, 1000));
    events.push(upkeep(Mode::SessionRedis, LASTING, 1000));
    events.push(upkeep(Mode::SessionNearCache, LASTING, 8));
    events.push(upkeep(Mode::SessionMemory, LASTING, 0));
    events
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::Revocation, Vec::new()), "");
}

#[test]
fn a_token_that_lives_on_beside_a_session_that_does_not_supports_both_claims() {
    assert_snapshot!(told(Experiment::Revocation, whole(20)));
}

#[test]
fn a_session_that_lives_on_as_well_refutes_the_difference() {
    let lagging = logouts(Mode::SessionRedis, LASTING, &[SECOND; 10]);
    assert_snapshot!(told(Experiment::Revocation, [token(10, SECOND), lagging].concat()));
}

#[test]
fn a_token_that_ends_at_once_refutes_it_too() {
    let events = [logouts(Mode::Jwt, SECOND, &[Duration::ZERO; 10]), none(Mode::SessionRedis, 10)].concat();
    assert_eq!(verdict(OUTLIVES, events), Some(Verdict::Refuted));
}

#[test]
fn what_is_over_before_anybody_can_notice_is_over_at_once() {
    let soon = logouts(Mode::SessionRedis, LASTING, &[Duration::from_millis(90); 10]);
    assert_eq!(verdict(OUTLIVES, [token(10, SECOND), soon].concat()), Some(Verdict::Supported));
}

#[test]
fn three_people_are_too_few_to_tell_a_rule_and_four_are_enough() {
    let of =
        |people: u32| verdict(OUTLIVES, [token(people, SECOND), none(Mode::SessionRedis, people as usize)].concat());
    assert_eq!((of(3), of(4)), (Some(Verdict::Inconclusive), Some(Verdict::Supported)));
}

#[test]
fn one_side_alone_decides_nothing() {
    assert_snapshot!(told(Experiment::Revocation, token(10, SECOND)));
}

#[test]
fn a_denylist_that_asks_less_or_ends_nothing_refutes_its_price() {
    let with = |denied: Vec<Event>, calls: u64| {
        let counted = [upkeep(Mode::JwtDenylist, LASTING, calls), upkeep(Mode::SessionRedis, LASTING, 1000)];
        verdict(BOUGHT, [denied, none(Mode::SessionRedis, 10), counted.into()].concat())
    };
    let at_once = || none(Mode::JwtDenylist, 10);
    assert_eq!(with(at_once(), 960), Some(Verdict::Supported));
    assert_eq!(with(at_once(), 500), Some(Verdict::Refuted));
    assert_eq!(with(at_once(), 2000), Some(Verdict::Refuted));
    assert_eq!(with(logouts(Mode::JwtDenylist, LASTING, &[SECOND; 10]), 1000), Some(Verdict::Refuted));
    assert_eq!(with(none(Mode::JwtDenylist, 3), 1000), Some(Verdict::Inconclusive));
}
