//! Verdict of `rolling-deploy`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Experiment, Fault, FaultRun, Mode, Way};

use crate::fault_runs::{Went, events, run};
use crate::{told, verdict};

const STATELESS: &str = "stateless-deploy-goes-unnoticed";
const STATEFUL: &str = "stateful-deploy-logs-people-out";

/// With its control before; so many requests went well.
fn replaced(mode: Mode, went: Went, ok: u64) -> Vec<FaultRun> {
    let control = run(Experiment::RollingDeploy, mode, Fault::None, Went::Well);
    let mut deploy = run(Experiment::RollingDeploy, mode, Fault::Deploy, went);
    deploy.ended.ok = ok;
    vec![control, deploy]
}

fn behind_haproxy(runs: Vec<FaultRun>) -> Vec<FaultRun> {
    let way = |way: Way| if way.sticks() { Way::BalancerCookie } else { Way::Balancer };
    runs.into_iter().map(|run| FaultRun { way: way(run.way), ..run }).collect()
}

/// One request in twenty was hung up on.
fn with_many_failures(mode: Mode) -> Vec<FaultRun> {
    let mut runs = replaced(mode, Went::OneFailed, 700);
    runs[1].ended.reset = 37;
    runs
}

/// Everybody was on a replica that ended.
fn with_everybody(mode: Mode) -> Vec<FaultRun> {
    let mut runs = replaced(mode, Went::Well, 700);
    let people = u64::from(runs[1].people);
    runs[1].audit.logged_out = people;
    runs[1].ended.unauthorized = people;
    runs
}

#[track_caller]
fn check(runs: Vec<FaultRun>, stateless: Option<Verdict>, stateful: Option<Verdict>) {
    let events = events(runs);
    assert_eq!((verdict(STATELESS, events.clone()), verdict(STATEFUL, events)), (stateless, stateful));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::RollingDeploy, Vec::new()), "");
}

#[test]
fn connections_that_were_hung_up_are_noticed_without_a_balancer_and_memory_ends_with_its_replica() {
    let client = with_many_failures(Mode::Jwt);
    let balancer = behind_haproxy(replaced(Mode::Jwt, Went::Well, 700));
    let sessions = [replaced(Mode::SessionRedis, Went::Well, 700), with_everybody(Mode::SessionMemory)];
    let all = [client, balancer].into_iter().chain(sessions).flatten();
    assert_snapshot!(told(Experiment::RollingDeploy, events(all)));
}

#[test]
fn one_request_in_hundreds_is_told_and_many_are_noticed_and_too_few_prove_nothing() {
    use Verdict::*;
    let unseen = || replaced(Mode::Jwt, Went::Well, 700);
    check(unseen(), Some(Supported), None);
    check([unseen(), behind_haproxy(unseen())].concat(), Some(Supported), None);
    check(replaced(Mode::Jwt, Went::Well, 300), Some(Inconclusive), None);
    check(replaced(Mode::Jwt, Went::OneFailed, 700), Some(Supported), None);
    check(with_many_failures(Mode::Jwt), Some(Refuted), None);
    check([with_many_failures(Mode::Jwt), behind_haproxy(unseen())].concat(), Some(Depends), None);
    check(with_everybody(Mode::Jwt), Some(Refuted), None);
}

#[test]
fn where_the_sessions_are_decides_who_is_logged_out() {
    use Verdict::*;
    let kept = |mode| replaced(mode, Went::Well, 700);
    check(kept(Mode::SessionRedis), None, Some(Refuted));
    check([kept(Mode::SessionRedis), kept(Mode::SessionMemory)].concat(), None, Some(Refuted));
    check([kept(Mode::SessionRedis), with_everybody(Mode::SessionMemory)].concat(), None, Some(Depends));
    check(with_everybody(Mode::SessionRedis), None, Some(Supported));
    check(with_everybody(Mode::SessionMemory), None, None);
}

#[test]
fn a_deploy_without_its_control_or_its_proof_is_not_believed() {
    use Verdict::Inconclusive;
    let of = |mode| replaced(mode, Went::Well, 700);
    let both = || [of(Mode::Jwt), of(Mode::SessionRedis)].concat();
    let spoilt: [fn(&mut Vec<FaultRun>); 4] = [
        |runs| runs.retain(|run| run.fault != Fault::None),
        |runs| runs.iter_mut().for_each(|run| run.proofs.iter_mut().for_each(|proof| proof.holds = false)),
        |runs| runs.iter_mut().for_each(|run| run.marks.clear()),
        |runs| runs.iter_mut().filter(|run| run.fault == Fault::None).for_each(|run| run.ended.reset = 1),
    ];
    for spoil in spoilt {
        let mut runs = both();
        spoil(&mut runs);
        check(runs, Some(Inconclusive), Some(Inconclusive));
    }
}
