//! Verdict of `rotate-key`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Experiment, Fault, FaultRun, Mode};

use crate::fault_runs::{Went, events, run};
use crate::{told, verdict};

const CLAIM: &str = "new-key-burdens-tokens";

/// Both ways to change a key on one fleet; so many people were logged out with care, and carelessly.
fn fleet(mode: Mode, with_care: u64, carelessly: u64) -> Vec<FaultRun> {
    let of = |fault, logged_out: u64| {
        let mut run = run(Experiment::RotateKey, mode, fault, Went::Well);
        run.audit.logged_out = logged_out;
        run.ended.unauthorized = logged_out;
        run
    };
    vec![of(Fault::None, 0), of(Fault::Rotate, with_care), of(Fault::RotateAtOnce, carelessly)]
}

#[track_caller]
fn check(tokens: (u64, u64), sessions: (u64, u64), expected: Verdict) {
    let runs = [fleet(Mode::Jwt, tokens.0, tokens.1), fleet(Mode::SessionRedis, sessions.0, sessions.1)].concat();
    assert_eq!(verdict(CLAIM, events(runs)), Some(expected));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::RotateKey, Vec::new()), "");
}

#[test]
fn a_token_is_renewed_where_a_session_is_lost() {
    let mut runs = [fleet(Mode::Jwt, 0, 0), fleet(Mode::SessionRedis, 0, 24)].concat();
    runs[2].audit.renewed = 24;
    runs[2].ended.unauthorized = 31;
    assert_snapshot!(told(Experiment::RotateKey, events(runs)));
}

#[test]
fn it_is_a_burden_of_tokens_where_they_alone_lose_people() {
    use Verdict::*;
    check((0, 0), (0, 0), Refuted);
    check((0, 24), (0, 24), Refuted);
    check((0, 0), (0, 24), Refuted);
    check((0, 24), (0, 0), Supported);
    check((3, 24), (0, 24), Supported);
    check((3, 0), (0, 24), Depends);
}

#[test]
fn one_side_alone_decides_nothing() {
    assert_eq!(verdict(CLAIM, events(fleet(Mode::Jwt, 0, 24))), None);
    assert_eq!(verdict(CLAIM, events(fleet(Mode::SessionRedis, 0, 24))), None);
}

#[test]
fn an_old_key_that_is_still_taken_was_not_retired() {
    let mut runs = [fleet(Mode::Jwt, 0, 0), fleet(Mode::SessionRedis, 0, 0)].concat();
    runs[5].proofs[0].holds = false;
    runs[5].proofs[0].says = "what the old key signed is taken nowhere any more".into();
    assert_snapshot!(told(Experiment::RotateKey, events(runs)).lines().take(3).collect::<Vec<_>>().join("\n"));
}

#[test]
fn who_is_refused_while_the_key_stays_tells_nothing_of_keys() {
    let mut runs = [fleet(Mode::Jwt, 0, 0), fleet(Mode::SessionRedis, 0, 24)].concat();
    runs[0].ended.unauthorized = 1;
    assert_eq!(verdict(CLAIM, events(runs)), Some(Verdict::Inconclusive));
}
