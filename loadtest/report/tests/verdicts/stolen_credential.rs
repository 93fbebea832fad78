//! Verdict of `stolen-credential`: is it decided as its thresholds say?

use checks::attacks::cases;
use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::*;

use crate::{report, told, verdict};

const FORGED: &str = "forged-token-is-refused";
const FIXED: &str = "session-can-be-fixed";
const LONGER: &str = "stolen-token-works-longer";

fn refused() -> Reaction {
    Reaction::Refused { statuses: vec![401] }
}

fn broken() -> Reaction {
    Reaction::Broken { sentence: "1 of 400 tries were accepted".into() }
}

fn cell(topic: &str, stimulus: &str, source: &str, mode: Mode, (seen, declared): (Reaction, Reaction)) -> Event {
    let question = cases::all().into_iter().find(|group| group.name == topic).expect("the suite asks it").question;
    let weakness = (source == "ASVS 7.4").then(|| "A copy of a token outlives it.".to_owned());
    let (topic, stimulus, source) = (topic.to_owned(), stimulus.to_owned(), source.to_owned());
    Event::AttackAttempt(Box::new(AttackAttempt {
        topic,
        question: question.into(),
        stimulus,
        source,
        mode,
        seen,
        declared,
        weakness,
    }))
}

/// As declared.
fn row(topic: &str, stimulus: &str, source: &str, token: Reaction, cookie: Reaction) -> Vec<Event> {
    let cells = [(Mode::Jwt, token.clone()), (Mode::JwtDenylist, denied(token)), (Mode::SessionRedis, cookie)];
    cells.map(|(mode, seen)| cell(topic, stimulus, source, mode, (seen.clone(), seen))).to_vec()
}

/// Somebody is asked about a copy.
fn denied(token: Reaction) -> Reaction {
    if token == Reaction::Accepted { refused() } else { token }
}

fn expected() -> Vec<Event> {
    let absent = || Reaction::NotApplicable;
    let accepted = || Reaction::Accepted;
    [
        row("tampering", "every byte changed", "RFC 8725 3.3", refused(), refused()),
        row("algorithms", "`alg: none`", "RFC 8725 3.1", refused(), absent()),
        vec![cell("algorithms", "as a check: genuine", "RFC 9068", Mode::Jwt, (accepted(), accepted()))],
        row("fixation", "planted before the login", "ASVS 7.2.4; CWE-384", absent(), refused()),
        row("fixation", "five hundred others beside it", "RFC 6265 6.1", absent(), Reaction::Ignored),
        vec![cell("replay", "a copy, before", "ASVS", Mode::Jwt, (accepted(), accepted()))],
        row("replay", "a copy, after the logout", "ASVS 7.4", accepted(), refused()),
        row("replay", "a copy, after a new password", "ASVS 7.4", accepted(), refused()),
    ]
    .concat()
}

/// All as declared, but for this.
fn but(topic: &str, stimulus: &str, mode: Mode, seen: Reaction) -> Vec<Event> {
    let mut events = expected();
    for event in &mut events {
        if let Event::AttackAttempt(cell) = event
            && (cell.topic.as_str(), cell.stimulus.as_str(), cell.mode) == (topic, stimulus, mode)
        {
            cell.seen = seen.clone();
        }
    }
    assert_ne!(events, expected(), "nothing was changed");
    events
}

#[track_caller]
fn decided(claim: &str, events: Vec<Event>, expected: Verdict) {
    assert_eq!(verdict(claim, events), Some(expected));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::StolenCredential, Vec::new()), "");
}

#[test]
fn all_as_declared() {
    assert_snapshot!(told(Experiment::StolenCredential, expected()));
}

#[test]
fn a_surprise_is_told_first_and_loudly() {
    let events = but("algorithms", "`alg: none`", Mode::Jwt, Reaction::Accepted);
    decided(FORGED, events.clone(), Verdict::Refuted);
    let report = report(events.clone());
    assert!(report.markdown.contains("> **1 answer to an attacker is not as declared"), "{}", report.markdown);
    assert_snapshot!(told(Experiment::StolenCredential, events));
}

#[test]
fn tries_that_do_not_agree_decide_nothing() {
    decided(FORGED, but("tampering", "every byte changed", Mode::Jwt, broken()), Verdict::Inconclusive);
    let planted = but("fixation", "planted before the login", Mode::SessionRedis, broken());
    decided(FIXED, planted, Verdict::Inconclusive);
    decided(LONGER, but("replay", "a copy, after the logout", Mode::SessionRedis, broken()), Verdict::Inconclusive);
}

#[test]
fn a_session_that_is_fixed_supports_it_and_none_refutes_it() {
    decided(FIXED, expected(), Verdict::Refuted);
    let fixed = but("fixation", "planted before the login", Mode::SessionRedis, Reaction::Accepted);
    decided(FIXED, fixed, Verdict::Supported);
}

#[test]
fn a_copy_is_compared_by_what_it_outlives() {
    decided(LONGER, expected(), Verdict::Supported);
    let mut events = but("replay", "a copy, after the logout", Mode::SessionRedis, Reaction::Accepted);
    decided(LONGER, events.clone(), Verdict::Supported);
    events.retain(|event| !matches!(event, Event::AttackAttempt(cell) if cell.stimulus.ends_with("password")));
    decided(LONGER, events, Verdict::Refuted);
}

#[test]
fn one_side_alone_compares_nothing() {
    let mut events = expected();
    events.retain(|event| !matches!(event, Event::AttackAttempt(cell) if cell.mode == Mode::SessionRedis));
    assert_eq!(verdict(FIXED, events.clone()), None);
    decided(LONGER, events.clone(), Verdict::Inconclusive);
    decided(FORGED, events, Verdict::Supported);
}

/// The claims look for these in the suite: a question that is renamed there must be renamed here.
#[test]
fn the_suite_has_what_the_claims_are_decided_by() {
    let all = cases::all();
    let group = |name: &str| all.iter().find(|group| group.name == name).expect("the suite asks it");
    for name in ["tampering", "algorithms", "claims"] {
        assert!(group(name).cases.len() >= 10, "{name}");
    }
    let fixed = group("fixation").cases.iter().filter(|case| case.source.contains("CWE-384"));
    assert!(fixed.count() >= 3);
    assert!(group("replay").cases.iter().filter(|case| case.weakness.is_some()).count() >= 5);
}
