//! Verdicts of measured load: are `auth-cost`, `scale-out` and `request-size` decided as their thresholds say?

use report::evidence::verdict::Verdict;
use report::evidence::verdict::Verdict::{Depends, Inconclusive, Refuted, Supported};
use report::recording::{Event, Experiment, Load, Mode, Outcomes, Role, Sample, Workload};

use crate::synthetic::Run;
use crate::verdict;

/// What becomes of the claim that begins like this, when the samples of an invented run are changed like this.
#[track_caller]
fn check(claim: &str, run: &Run, change: impl Fn(&mut Sample), expected: Option<Verdict>) {
    let mut events = run.recording().events;
    for event in &mut events {
        if let Event::Sample(sample) = event {
            change(sample);
        }
    }
    assert_eq!(verdict(claim, events), expected, "{claim}");
}

/// The CPU time of the stateless servers is so many times as much.
fn cpu(factor: f64) -> impl Fn(&mut Sample) {
    move |sample| {
        for process in sample.processes.iter_mut().filter(|process| matches!(process.role, Role::Replica(_))) {
            if sample.mode == Mode::Jwt && sample.workload != Workload::Anonymous {
                process.cpu = process.cpu.mul_f64(factor);
            }
        }
    }
}

#[test]
fn a_token_that_costs_less_everywhere_or_more_everywhere_is_told_as_that() {
    let claim = "token-costs-less-cpu";
    check(claim, &Run::default(), cpu(0.5), Some(Supported));
    check(claim, &Run::default(), cpu(2.0), Some(Refuted));
    check(claim, &Run { session_costs: 1.0, ..Run::default() }, |_| (), Some(Inconclusive));
    check(claim, &Run::default(), |_| (), Some(Depends));
}

#[test]
fn the_slowest_answers_are_compared_like_the_rest() {
    let claim = "session-p99-is-later";
    check(claim, &Run { session_costs: 40.0, ..Run::default() }, |_| (), Some(Supported));
    check(claim, &Run { blocks: 1, ..Run::default() }, |_| (), Some(Inconclusive));
}

#[test]
fn a_session_that_asks_nobody_refutes_the_lookup() {
    let silent = |sample: &mut Sample| sample.store_calls = Default::default();
    check("token-needs-no-lookup", &Run::default(), |_| (), Some(Supported));
    check("token-needs-no-lookup", &Run::default(), silent, Some(Refuted));
}

/// Above one replica the stateless fleet answers this share of what it did.
fn throughput(share: f64) -> impl Fn(&mut Sample) {
    move |sample| {
        if sample.experiment == Experiment::ScaleOut && sample.mode == Mode::Jwt && sample.replicas > 1 {
            let ok = (sample.outcomes.ok as f64 * share) as u64;
            sample.outcomes = Outcomes { sent: ok, ok, ..Outcomes::default() };
            // By Little's law, fewer users then wait as long as they did.
            let Load::Closed { users } = sample.load else { panic!("this experiment has users") };
            sample.load = Load::Closed { users: (f64::from(users) * share).round() as u32 };
        }
    }
}

#[test]
fn a_fleet_grows_or_does_not() {
    let claim = "stateless-fleet-grows";
    check(claim, &Run::default(), |_| (), Some(Supported));
    check(claim, &Run::default(), throughput(0.4), Some(Refuted));
    check(claim, &Run::default(), throughput(0.75), Some(Inconclusive));
}

/// Redis' CPU time is this share of what it was.
fn redis(share: f64) -> impl Fn(&mut Sample) {
    move |sample| {
        for process in sample.processes.iter_mut().filter(|process| process.role == Role::Redis) {
            process.cpu = process.cpu.mul_f64(share);
        }
    }
}

#[test]
fn a_store_limits_when_it_is_full_and_may_later_when_it_is_not() {
    let claim = "stateful-fleet-is-limited-by-its-store";
    check(claim, &Run::default(), |_| (), Some(Supported));
    check(claim, &Run::default(), redis(0.8), Some(Inconclusive));
    check(claim, &Run::default(), redis(0.5), Some(Depends)); // On the size of the fleet.
    check(claim, &Run { blocks: 1, ..Run::default() }, |_| (), Some(Inconclusive));
}

#[test]
fn a_request_is_longer_or_it_is_not() {
    let claim = "token-makes-requests-larger";
    check(claim, &Run::default(), |_| (), Some(Supported));
    let mut events = Run::default().recording().events;
    for event in &mut events {
        if let Event::Wire(wire) = event {
            wire.request.headers.remove("authorization");
        }
    }
    assert_eq!(verdict(claim, events), Some(Refuted));
    assert_eq!(verdict(claim, Vec::new()), None);
}
