//! Verdict of `any-server`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Experiment, Fault, FaultRun, Mode, Way};

use crate::fault_runs::{Went, events, run};
use crate::{told, verdict};

const TOKEN: &str = "any-replica-answers-a-token";
const SESSION: &str = "session-needs-a-sticky-client";

/// Of 300 requests so many were refused; the fourth replica joins in the fifth of fifteen spans.
fn asked(mode: Mode, way: Way, refused: u64) -> FaultRun {
    let mut run = run(Experiment::AnyServer, mode, Fault::AddReplica, Went::Well);
    (run.way, run.ended.ok, run.ended.unauthorized) = (way, 300 - refused, refused);
    for number in 1..=3 {
        run.answered_by.insert(format!("r{number}"), vec![5, 5, 5, 5, 5 + number, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
    }
    if !way.sticks() {
        run.answered_by.insert("r4".into(), vec![0, 0, 0, 0, 0, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
    }
    run
}

fn everywhere(mode: Mode, roaming: u64, sticking: u64) -> Vec<FaultRun> {
    vec![asked(mode, Way::RoundRobin, roaming), asked(mode, Way::Random, roaming), asked(mode, Way::Sticky, sticking)]
}

#[track_caller]
fn check(runs: Vec<FaultRun>, token: Option<Verdict>, session: Option<Verdict>) {
    let events = events(runs);
    assert_eq!((verdict(TOKEN, events.clone()), verdict(SESSION, events)), (token, session));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::AnyServer, Vec::new()), "");
}

#[test]
fn only_sessions_in_memory_need_a_client_that_sticks() {
    let fleets = [
        everywhere(Mode::Jwt, 0, 0),
        everywhere(Mode::SessionRedis, 0, 0),
        everywhere(Mode::SessionMemory, 110, 0),
        vec![asked(Mode::Jwt, Way::Balancer, 0), asked(Mode::SessionMemory, Way::BalancerCookie, 0)],
    ];
    assert_snapshot!(told(Experiment::AnyServer, events(fleets.concat())));
}

#[test]
fn who_must_stick_is_known_only_where_they_do() {
    use Verdict::*;
    check(everywhere(Mode::Jwt, 0, 0), Some(Supported), None);
    check(everywhere(Mode::Jwt, 110, 0), Some(Refuted), None);
    check(everywhere(Mode::SessionRedis, 0, 0), None, Some(Refuted));
    check(everywhere(Mode::SessionRedis, 110, 0), None, Some(Supported));
    check([everywhere(Mode::SessionRedis, 0, 0), everywhere(Mode::SessionMemory, 0, 0)].concat(), None, Some(Refuted));
    check(
        [everywhere(Mode::SessionRedis, 0, 0), everywhere(Mode::SessionMemory, 110, 0)].concat(),
        None,
        Some(Depends),
    );
    check(everywhere(Mode::SessionMemory, 110, 0), None, None);
}

#[test]
fn sticking_that_does_not_help_is_no_need_to_stick() {
    let fleets = [everywhere(Mode::SessionRedis, 0, 0), everywhere(Mode::SessionMemory, 110, 110)];
    check(fleets.concat(), None, Some(Verdict::Refuted));
}

#[test]
fn a_few_refusals_in_few_requests_decide_nothing() {
    check(everywhere(Mode::Jwt, 14, 0), Some(Verdict::Inconclusive), None);
    check(vec![asked(Mode::Jwt, Way::Sticky, 0)], None, None);
}

#[test]
fn failures_of_another_kind_and_a_newcomer_that_never_came_are_not_believed() {
    let mut failing = everywhere(Mode::Jwt, 0, 0);
    failing[0].ended.reset = 30;
    check(failing, Some(Verdict::Inconclusive), None);
    let mut missing = everywhere(Mode::Jwt, 0, 0);
    missing[0].proofs[0].holds = false;
    check(missing, Some(Verdict::Inconclusive), None);
    let mut alone = everywhere(Mode::Jwt, 0, 0);
    alone[2].marks.clear();
    check(alone, Some(Verdict::Inconclusive), None);
}
