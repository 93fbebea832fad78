//! Verdict of `kill-one`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Experiment, Fault, FaultRun, Mode};

use crate::fault_runs::{Went, events, run};
use crate::{told, verdict};

const STATELESS: &str = "killed-replica-takes-no-stateless-state";
const STATEFUL: &str = "killed-replica-takes-sessions";

fn control(mode: Mode) -> FaultRun {
    run(Experiment::KillOne, mode, Fault::None, Went::Well)
}

fn killed(mode: Mode) -> FaultRun {
    run(Experiment::KillOne, mode, Fault::KillReplica, Went::OneFailed)
}

/// A third of the people were on the replica that died.
fn with_its_people(mode: Mode) -> FaultRun {
    let mut run = killed(mode);
    run.audit.logged_out = 8;
    run.audit.drafts_lost = 7;
    run.ended.unauthorized = 8;
    run.ended.gone = 7;
    run
}

fn pairs(killed: impl IntoIterator<Item = FaultRun>) -> Vec<FaultRun> {
    killed.into_iter().flat_map(|run| [control(run.mode), run]).collect()
}

#[track_caller]
fn check(runs: Vec<FaultRun>, stateless: Option<Verdict>, stateful: Option<Verdict>) {
    let events = events(runs);
    assert_eq!((verdict(STATELESS, events.clone()), verdict(STATEFUL, events)), (stateless, stateful));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::KillOne, Vec::new()), "");
}

#[test]
fn redis_keeps_sessions_that_a_replica_would_take_with_it() {
    let runs = [killed(Mode::Jwt), killed(Mode::SessionRedis), with_its_people(Mode::SessionMemory)];
    assert_snapshot!(told(Experiment::KillOne, events(pairs(runs))));
}

#[test]
fn repetitions_are_added_up_and_times_have_a_range() {
    let mut later = killed(Mode::Jwt);
    later.block = 1;
    later.buckets[6].failed = 1;
    assert_snapshot!(told(Experiment::KillOne, events(pairs([killed(Mode::Jwt), later]))));
}

#[test]
fn each_side_is_judged_by_its_own_people() {
    use Verdict::*;
    let (jwt, redis, memory) = (Mode::Jwt, Mode::SessionRedis, Mode::SessionMemory);
    check(pairs([killed(jwt)]), Some(Supported), None);
    check(pairs([with_its_people(jwt), with_its_people(redis)]), Some(Refuted), Some(Supported));
    check(pairs([killed(redis)]), None, Some(Refuted));
    check(pairs([killed(redis), killed(memory)]), None, Some(Refuted));
    check(pairs([with_its_people(redis), with_its_people(memory)]), None, Some(Supported));
    check(pairs([with_its_people(redis), killed(memory)]), None, Some(Depends));
    check(pairs([with_its_people(memory)]), None, None);
}

#[test]
fn an_order_that_was_lost_or_made_twice_refutes_as_well() {
    let spoilt: [fn(&mut FaultRun); 4] = [
        |run| run.audit.orders_lost = 1,
        |run| run.audit.orders_twice = 1,
        |run| run.audit.foreign = 1,
        |run| run.audit.drafts_lost = 1,
    ];
    for spoil in spoilt {
        let mut run = killed(Mode::Jwt);
        spoil(&mut run);
        check(pairs([run]), Some(Verdict::Refuted), None);
    }
}

#[test]
fn what_cannot_be_believed_decides_nothing() {
    let few = || FaultRun { people: 4, ..killed(Mode::Jwt) };
    let unproved = || FaultRun { proofs: Vec::new(), ..killed(Mode::SessionRedis) };
    let mut ill = control(Mode::Jwt);
    ill.audit.logged_out = 1;
    let mut alive = killed(Mode::SessionRedis);
    alive.proofs[0].holds = false;
    let mut open = killed(Mode::Jwt);
    open.audit.unsettled = 2;
    check(pairs([few(), unproved()]), Some(Verdict::Inconclusive), Some(Verdict::Inconclusive));
    let shaken = [ill, killed(Mode::Jwt), control(Mode::SessionRedis), alive];
    assert_snapshot!(told(Experiment::KillOne, events(shaken)));
    check(vec![killed(Mode::Jwt)], Some(Verdict::Inconclusive), None);
    check(pairs([open]), Some(Verdict::Inconclusive), None);
}

#[test]
fn controls_alone_decide_nothing() {
    check(vec![control(Mode::Jwt), control(Mode::SessionRedis)], None, None);
}
