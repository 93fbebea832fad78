//! Verdict of `kill-one`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Drill, Experiment, Fault, Mode};

use crate::drills::{Went, drill, events};
use crate::{told, verdict};

const STATELESS: &str = "killed-replica-takes-no-stateless-state";
const STATEFUL: &str = "killed-replica-takes-sessions";

fn control(mode: Mode) -> Drill {
    drill(Experiment::KillOne, mode, Fault::None, Went::Well)
}

fn killed(mode: Mode) -> Drill {
    drill(Experiment::KillOne, mode, Fault::KillReplica, Went::OneFailed)
}

/// A third of the people were on the replica that died.
fn with_its_people(mode: Mode) -> Drill {
    let mut drill = killed(mode);
    drill.audit.logged_out = 8;
    drill.audit.drafts_lost = 7;
    drill.ended.unauthorized = 8;
    drill.ended.gone = 7;
    drill
}

fn pairs(killed: impl IntoIterator<Item = Drill>) -> Vec<Drill> {
    killed.into_iter().flat_map(|drill| [control(drill.mode), drill]).collect()
}

#[track_caller]
fn check(drills: Vec<Drill>, stateless: Option<Verdict>, stateful: Option<Verdict>) {
    let events = events(drills);
    assert_eq!((verdict(STATELESS, events.clone()), verdict(STATEFUL, events)), (stateless, stateful));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::KillOne, Vec::new()), "");
}

#[test]
fn redis_keeps_sessions_that_a_replica_would_take_with_it() {
    let drills = [killed(Mode::Jwt), killed(Mode::SessionRedis), with_its_people(Mode::SessionMemory)];
    assert_snapshot!(told(Experiment::KillOne, events(pairs(drills))));
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
    let spoilt: [fn(&mut Drill); 4] = [
        |drill| drill.audit.orders_lost = 1,
        |drill| drill.audit.orders_twice = 1,
        |drill| drill.audit.foreign = 1,
        |drill| drill.audit.drafts_lost = 1,
    ];
    for spoil in spoilt {
        let mut drill = killed(Mode::Jwt);
        spoil(&mut drill);
        check(pairs([drill]), Some(Verdict::Refuted), None);
    }
}

#[test]
fn what_cannot_be_believed_decides_nothing() {
    let few = || Drill { people: 4, ..killed(Mode::Jwt) };
    let unproved = || Drill { proofs: Vec::new(), ..killed(Mode::SessionRedis) };
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
