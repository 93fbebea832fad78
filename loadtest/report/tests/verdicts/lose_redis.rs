//! Verdict of `lose-redis`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Experiment, Fault, FaultRun, Mode};

use crate::fault_runs::{Went, events, run};
use crate::{told, verdict};

const LOST: &str = "session-data-can-be-lost";
const UNNOTICED: &str = "stateless-fleet-survives-redis";

fn seen(mode: Mode, fault: Fault, went: Went) -> FaultRun {
    run(Experiment::LoseRedis, mode, fault, went)
}

fn controls() -> Vec<FaultRun> {
    [Mode::Jwt, Mode::JwtDenylist, Mode::SessionRedis].map(|mode| seen(mode, Fault::None, Went::Well)).into()
}

/// Redis came back and knew nobody.
fn forgets(mut run: FaultRun) -> FaultRun {
    run.audit.logged_out = run.people.into();
    run.audit.drafts_lost = 20;
    run.ended.unauthorized = run.people.into();
    run.ended.gone = 20;
    run
}

fn revives(mut run: FaultRun) -> FaultRun {
    run.audit.accepted_after = run.audit.departed;
    run
}

/// As it is told of Redis.
fn usual(fault: Fault) -> Vec<FaultRun> {
    let stateful = seen(Mode::SessionRedis, fault, Went::AllFailed);
    let denylist = seen(Mode::JwtDenylist, fault, Went::AllFailed);
    let keeps = matches!(fault, Fault::RestartAof | Fault::Freeze);
    vec![
        seen(Mode::Jwt, fault, Went::Well),
        if keeps { denylist } else { revives(denylist) },
        if keeps { stateful } else { forgets(stateful) },
    ]
}

#[track_caller]
fn check(runs: Vec<Vec<FaultRun>>, lost: Option<Verdict>, unnoticed: Option<Verdict>) {
    let events = events(runs.concat());
    assert_eq!((verdict(LOST, events.clone()), verdict(UNNOTICED, events)), (lost, unnoticed));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::LoseRedis, Vec::new()), "");
}

#[test]
fn it_depends_on_what_redis_wrote_down_and_on_who_asks_it() {
    let runs = [controls(), usual(Fault::RestartEmpty), usual(Fault::Freeze), usual(Fault::RestartAof)];
    assert_snapshot!(told(Experiment::LoseRedis, events(runs.concat())));
}

#[test]
fn each_fault_is_one_more_witness() {
    use Verdict::*;
    check(vec![controls(), usual(Fault::RestartEmpty)], Some(Supported), Some(Depends));
    check(vec![controls(), usual(Fault::RestartAof)], Some(Inconclusive), Some(Depends));
    check(vec![controls(), usual(Fault::Freeze)], Some(Inconclusive), Some(Depends));
    check(vec![controls(), usual(Fault::RestartAof), usual(Fault::RestartSnapshot)], Some(Depends), Some(Depends));
    let kept = seen(Mode::SessionRedis, Fault::RestartEmpty, Went::AllFailed);
    check(vec![controls(), vec![kept]], Some(Refuted), None);
    check(vec![controls(), vec![seen(Mode::Jwt, Fault::Freeze, Went::Well)]], None, Some(Supported));
    check(vec![controls(), vec![seen(Mode::Jwt, Fault::Freeze, Went::AllFailed)]], None, Some(Refuted));
    check(vec![controls(), vec![forgets(seen(Mode::Jwt, Fault::Freeze, Went::Well))]], None, Some(Refuted));
    check(vec![controls()], None, None);
}

/// A busy machine fails now and then. One failure of few requests may be the beginning of many, one of many is not.
#[test]
fn one_failure_is_noise_where_there_are_many_requests() {
    let once = |fault| seen(Mode::Jwt, fault, Went::OneFailed);
    check(vec![controls(), vec![once(Fault::Freeze)]], None, Some(Verdict::Inconclusive));
    let others = [Fault::RestartEmpty, Fault::RestartAof].map(|fault| seen(Mode::Jwt, fault, Went::Well));
    check(vec![controls(), vec![once(Fault::Freeze)], others.into()], None, Some(Verdict::Supported));
}

/// A failing denylist is the fleet's own choice; one that forgets is what people do not expect.
#[test]
fn a_token_that_is_accepted_again_is_noticed_even_when_nothing_fails() {
    let quiet = revives(seen(Mode::JwtDenylist, Fault::RestartEmpty, Went::Well));
    let runs = vec![controls(), vec![seen(Mode::Jwt, Fault::RestartEmpty, Went::Well), quiet]];
    check(runs, None, Some(Verdict::Depends));
}

#[test]
fn what_was_accepted_before_was_never_taken_back() {
    let mut plain = revives(seen(Mode::Jwt, Fault::RestartEmpty, Went::Well));
    plain.audit.accepted_before = plain.audit.departed;
    check(vec![controls(), vec![plain]], None, Some(Verdict::Supported));
}

#[test]
fn what_cannot_be_believed_decides_nothing() {
    let few = FaultRun { ended: Default::default(), ..seen(Mode::Jwt, Fault::Freeze, Went::Well) };
    check(vec![controls(), vec![few]], None, Some(Verdict::Inconclusive));
    check(vec![usual(Fault::RestartEmpty)], Some(Verdict::Inconclusive), Some(Verdict::Inconclusive));
    let mut pings = usual(Fault::RestartEmpty);
    pings.iter_mut().for_each(|run| run.proofs[0].holds = false);
    assert_snapshot!(told(Experiment::LoseRedis, events([controls(), pings].concat())));
}
