//! Validity of samples: does the report believe what it should, and only that?

use std::time::Duration;

use report::evidence::validity::{Evidence, broken_promises};
use report::recording::*;

use crate::synthetic::{self, blank};

const SENT: u64 = 1000;

/// A sample of a second that nothing speaks against.
fn sample(mode: Mode, aim: Aim) -> Sample {
    let generator = Conduct { aim, planned: Duration::from_secs(1), busiest_thread: 0.5, own_failures: 0 };
    let mut latency = Latency::default();
    latency.record(Duration::from_millis(2));
    Sample {
        duration: Duration::from_millis(1010),
        outcomes: Outcomes { sent: SENT, ok: SENT, ..Outcomes::default() },
        latency,
        grounds: Grounds::Facts(Facts { generator, visitors: 8, store_writes: Tally::default() }),
        ..blank(mode, Workload::Whoami, Purpose::Comparison, 0, 0)
    }
}

fn facts(sample: &mut Sample) -> &mut Facts {
    match &mut sample.grounds {
        Grounds::Facts(facts) => facts,
        Grounds::Judged(_) => panic!("it has facts"),
    }
}

fn conduct(sample: &mut Sample) -> &mut Conduct {
    &mut facts(sample).generator
}

/// What the report has against it, once it is read back from a file.
fn why(sample: Sample) -> Vec<String> {
    let text = serde_json::to_string(&Event::Sample(Box::new(sample))).expect("it is JSON");
    let events = vec![serde_json::from_str(&text).expect("it was written")];
    let recording = Recording { header: synthetic::header(), events, footer: None };
    let evidence = Evidence::partition_valid(&recording);
    assert_eq!(evidence.valid.len() + evidence.excluded.len(), 1);
    evidence.excluded.into_iter().flat_map(|excluded| excluded.why).collect()
}

#[track_caller]
fn check(aim: Aim, change: fn(&mut Sample), expected: &[&str]) {
    let mut changed = sample(Mode::Jwt, aim);
    change(&mut changed);
    assert_eq!(why(changed), expected);
}

#[test]
fn what_the_generator_did_voids_what_it_would_tell_and_nothing_else() {
    let late: fn(&mut Sample) = |sample| sample.send_lag.p99 = Duration::from_micros(2300);
    check(Aim::Latency, |_| {}, &[]);
    check(Aim::Latency, late, &["the generator sent late: send lag p99 2.3ms, bound 2ms"]);
    check(Aim::Throughput, late, &[]);

    let busy: fn(&mut Sample) = |sample| conduct(sample).busiest_thread = 0.95;
    let saturated = "the generator saturated: its busiest thread wanted 95 % of a core";
    check(Aim::Latency, busy, &[saturated]);
    check(Aim::Throughput, busy, &[saturated]);
    check(Aim::CpuTime, busy, &[]);

    let waited: fn(&mut Sample) = |sample| sample.duration = Duration::from_millis(1400);
    let straggled = "the last answer came 400.0ms after the end, and rates over that time mean nothing";
    check(Aim::Latency, waited, &[]);
    check(Aim::Throughput, waited, &[straggled]);
    check(Aim::CpuTime, waited, &[straggled]);

    let failed: fn(&mut Sample) = |sample| conduct(sample).own_failures = 3;
    check(Aim::CpuTime, failed, &["3 requests found no free file or port on this side"]);
    let idle: fn(&mut Sample) = |sample| sample.outcomes = Outcomes::default();
    check(Aim::Latency, idle, &["no request was due in this time", "not one request was answered well"]);
}

#[track_caller]
fn check_work(mode: Mode, change: fn(&mut Sample), expected: &[&str]) {
    let mut changed = sample(mode, Aim::CpuTime);
    changed.store_calls = Tally { promised: SENT, seen: SENT };
    change(&mut changed);
    assert_eq!(broken_promises(&changed), expected, "{mode:?}");
    assert_eq!(why(changed).is_empty(), expected.is_empty(), "{mode:?}");
}

#[test]
fn servers_do_the_work_that_they_promised_and_what_slides_or_fails_explains_the_rest() {
    check_work(Mode::SessionRedis, |_| {}, &[]);
    check_work(Mode::Jwt, |one| one.store_calls.seen += 1, &["1000 store calls were promised and 1001 counted"]);
    check_work(Mode::Jwt, |one| one.store_calls.seen -= 1, &["1000 store calls were promised and 999 counted"]);
    check_work(Mode::Jwt, |one| one.sql_statements.seen = 1, &["0 SQL statements were promised and 1 counted"]);
    let slides: fn(&mut Sample) = |one| (one.store_calls.seen, facts(one).store_writes.seen) = (SENT + 16, 16);
    check_work(Mode::SessionRedis, slides, &[]);
    check_work(Mode::JwtDenylist, slides, &["0 store writes were promised and 16 counted"]);
    let reads_again: fn(&mut Sample) = |one| one.store_calls.seen += 16;
    check_work(Mode::SessionNearCache, reads_again, &[]);
    check_work(Mode::SessionRedis, reads_again, &["1000 store calls were promised and 1016 counted"]);
    check_work(
        Mode::Jwt,
        |one| {
            (one.outcomes.ok, one.outcomes.timeouts) = (SENT - 5, 5);
            (one.store_calls.seen, one.sql_statements.seen) = (SENT + 10, 25);
        },
        &[],
    );
}

#[test]
fn what_an_older_program_decided_stays_decided() {
    let judged = |why: &[&str]| Sample {
        grounds: Grounds::Judged(why.iter().map(|why| (*why).to_owned()).collect()),
        send_lag: SendLag { p99: Duration::from_secs(1), ..SendLag::default() },
        ..sample(Mode::Jwt, Aim::Latency)
    };
    assert_eq!(why(judged(&[])), [""; 0]);
    assert_eq!(why(judged(&["the generator sent late"])), ["the generator sent late"]);
}

#[test]
fn a_sample_without_any_grounds_cannot_be_read() {
    let mut value = serde_json::to_value(sample(Mode::Jwt, Aim::Latency)).expect("it is JSON");
    value.as_object_mut().expect("an object").remove("facts");
    let error = serde_json::from_value::<Sample>(value).expect_err("nobody could say whether it counts");
    assert!(error.to_string().contains("Grounds"), "{error}");
}
