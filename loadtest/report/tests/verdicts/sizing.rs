//! Sizing estimate: is it what was measured, times what was asked for, and does it say where that ends?

use std::time::Duration;

use report::evidence::interval::{Estimate, Interval};
use report::experiments::sizing::{Beyond, Cost, Need};
use report::recording::*;
use report::render;
use report::wanted::Wanted;

use crate::{synthetic, told};

/// (mode, µs in the server, µs in Redis, store calls)
const FLEETS: [(Mode, u64, u64, u64); 4] = [
    (Mode::Jwt, 30, 0, 0),
    (Mode::JwtDenylist, 45, 9, 1),
    (Mode::SessionRedis, 60, 12, 1),
    (Mode::SessionMemory, 36, 0, 0),
];
const BLOCKS: u32 = 4;
const ANSWERS: u64 = 10_000;

fn sample(block: u32, workload: Workload, (mode, server, redis, calls): (Mode, u64, u64, u64)) -> Sample {
    let micros = |each: u64| Duration::from_micros(each * ANSWERS * (100 + u64::from(block)) / 100);
    let process = |role, cpu| Process { role, cpu, rss_bytes: 0, throttled: Duration::ZERO, limit: None };
    let mut latency = Latency::default();
    latency.record(Duration::from_millis(2)); // 20 users, by Little's law.
    Sample {
        experiment: if workload == Workload::Whoami { Experiment::CredentialCost } else { Experiment::AuthCost },
        mode,
        workload,
        purpose: Purpose::Comparison,
        block,
        order: 0,
        replicas: 1,
        redis_round_trip: None,
        load: Load::Closed { users: 20 },
        duration: Duration::from_secs(1),
        outcomes: Outcomes { sent: ANSWERS, ok: ANSWERS, ..Outcomes::default() },
        latency,
        send_lag: SendLag::default(),
        bytes_sent: 500 * ANSWERS,
        bytes_received: 400 * ANSWERS,
        processes: vec![process(Role::Replica(1), micros(server)), process(Role::Redis, micros(redis))],
        store_calls: Tally { promised: calls * ANSWERS, seen: calls * ANSWERS },
        sql_statements: Tally::default(),
        grounds: Grounds::Judged(Vec::new()),
    }
}

fn samples(blocks: u32) -> Vec<Event> {
    let asked = [Workload::Whoami, Workload::Journey];
    let arms = (0..blocks).flat_map(|block| asked.map(|workload| (block, workload)));
    let all = arms.flat_map(|(block, workload)| FLEETS.map(|fleet| sample(block, workload, fleet)));
    let visits =
        |sample: &Sample| sample.workload == Workload::Whoami || [Mode::Jwt, Mode::SessionRedis].contains(&sample.mode);
    all.filter(visits).map(|sample| Event::Sample(Box::new(sample))).collect()
}

fn logins(mode: Mode, block: u32) -> Event {
    let process = |role, millis| Process {
        role,
        cpu: Duration::from_millis(millis + u64::from(block)),
        rss_bytes: 0,
        throttled: Duration::ZERO,
        limit: None,
    };
    let processes = vec![process(Role::Replica(1), 240), process(Role::Redis, 2)];
    Event::Logins(Logins { mode, block, logins: 12, took: Duration::from_millis(250), processes })
}

fn let_in() -> Vec<Event> {
    (0..BLOCKS).flat_map(|block| [Mode::Jwt, Mode::SessionRedis].map(|mode| logins(mode, block))).collect()
}

fn weighed(mode: Mode, header: &str, bytes: u64) -> Event {
    let headers = [(header.to_owned(), bytes)].into();
    let request = Message { framing_bytes: 27, headers, body_bytes: 0 };
    let response = Message { framing_bytes: 19, headers: Default::default(), body_bytes: 97 };
    Event::Wire(Wire { mode, workload: Workload::Whoami, request, response })
}

/// 20 MB, and 600 bytes a login more in Redis; and a row of 150 bytes a login on the other side.
fn held(mode: Mode, climb: u32, logins: u64) -> Event {
    let redis = (mode == Mode::SessionRedis).then(|| RedisMemory {
        used_bytes: 1_000_000 + logins * (600 + u64::from(climb)),
        resident_bytes: 9_000_000,
        keys: logins,
    });
    let database_bytes = if mode == Mode::Jwt { 90_000 + 150 * logins } else { 90_000 };
    let (moment, took) = (Reading::LoggedIn, Duration::from_secs(1));
    Event::MemorySample(MemorySample {
        mode,
        climb,
        moment,
        logins,
        took,
        replica_bytes: 20_000_000,
        redis,
        database_bytes,
    })
}

fn remembered() -> Vec<Event> {
    let of = |mode| (0..3).flat_map(move |climb| [1_000, 20_000].map(|logins| held(mode, climb, logins)));
    of(Mode::Jwt).chain(of(Mode::SessionRedis)).collect()
}

fn everything() -> Vec<Event> {
    let weighed = [weighed(Mode::Jwt, "authorization", 400), weighed(Mode::SessionRedis, "cookie", 160)];
    samples(BLOCKS).into_iter().chain(let_in()).chain(weighed).collect()
}

fn needs(events: Vec<Event>, wanted: Wanted) -> Vec<Need> {
    let recording = Recording { header: synthetic::header(), events, footer: None };
    render(&recording, &wanted).findings.of::<Cost>().map_or(Vec::new(), |cost| cost.needs.clone())
}

fn need(mode: Mode, wanted: Wanted) -> Need {
    let found = needs(everything(), wanted);
    found.into_iter().find(|need| (need.mode, need.workload) == (mode, Workload::Whoami)).expect("it was measured")
}

#[track_caller]
fn near(found: Option<Estimate>, expected: f64) {
    let found = found.expect("it was measured");
    let Interval { low, high } = found.interval.expect("there are enough blocks");
    assert!((found.value / expected - 1.0).abs() < 0.001, "{found:?} and not {expected}");
    assert!(low < found.value && found.value < high, "{found:?}");
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::Sizing, Vec::new()), "");
}

#[test]
fn the_bill() {
    insta::assert_snapshot!(told(Experiment::Sizing, everything()));
}

#[test]
fn the_bill_with_memory_for_more_people_than_were_tried() {
    insta::assert_snapshot!(told(Experiment::Sizing, everything().into_iter().chain(remembered()).collect()));
}

#[test]
fn what_was_not_measured_is_not_made_up() {
    insta::assert_snapshot!(told(Experiment::Sizing, samples(1)));
}

#[test]
fn logins_alone_make_no_bill() {
    insta::assert_snapshot!(told(Experiment::Sizing, let_in()));
}

#[test]
fn a_figure_is_its_price_times_what_is_asked_for_with_room_left() {
    // Blocks are 0, 1, 2 and 3 % dearer than the first: 1.5 % on the average.
    let wanted = Wanted { people: 60_000, per_second: 6_000.0, login_every: Duration::from_secs(6_000) };
    let session = need(Mode::SessionRedis, wanted);
    near(Some(session.request_cores), 6_000.0 * 60.0 * 1.015 / 1e6 / 0.6);
    // Ten logins a second, each a twelfth of 241.5 ms, and of 3.5 ms in Redis.
    near(session.login_cores, 10.0 * 0.2415 / 12.0 / 0.6);
    near(session.redis_cores, (6_000.0 * 12.0 * 1.015 / 1e6 + 10.0 * 0.0035 / 12.0) / 0.6);
    assert_eq!((session.store_calls, session.credentials), (6_000.0, Some(960_000.0)));
    assert_eq!((session.network.value, session.memory), (5_400_000.0, None));
    let token = need(Mode::Jwt, wanted);
    near(Some(token.request_cores), 6_000.0 * 30.0 * 1.015 / 1e6 / 0.6);
    assert_eq!((token.redis_cores, token.store_calls), (None, 0.0));
}

#[test]
fn what_lies_past_the_largest_load_measured_is_marked() {
    // 10,000 answers and 48 logins a second were measured, and one core of Redis is all that one has.
    let wanted = |per_second, people| Wanted { people, per_second, login_every: Duration::from_secs(1_000) };
    let cases = [
        (Mode::Jwt, wanted(10_000.0, 48_000), vec![]),
        (Mode::Jwt, wanted(10_001.0, 48_000), vec![Beyond::Requests]),
        (Mode::Jwt, wanted(10_000.0, 48_001), vec![Beyond::Logins]),
        (Mode::SessionRedis, wanted(40_000.0, 1), vec![Beyond::Requests]),
        (Mode::SessionRedis, wanted(60_000.0, 1), vec![Beyond::Requests, Beyond::OneRedis]),
        (Mode::SessionMemory, wanted(60_000.0, 1), vec![Beyond::Requests]),
    ];
    for (mode, wanted, expected) in cases {
        assert_eq!(need(mode, wanted).beyond, expected, "{mode:?}, {wanted:?}");
    }
}

#[test]
fn a_fleet_that_breaks_its_contract_has_no_price() {
    let broken = Contract { mode: Mode::SessionRedis, cases: 41, failures: vec!["a reason".into()] };
    let events = everything().into_iter().chain([Event::Contract(broken)]).collect();
    let modes: Vec<Mode> = needs(events, Wanted::default()).iter().map(|need| need.mode).collect();
    assert!(modes.contains(&Mode::Jwt) && !modes.contains(&Mode::SessionRedis), "{modes:?}");
}

#[test]
fn at_an_easy_rate_nobody_can_tell_a_price() {
    let mut events = everything();
    for event in &mut events {
        if let Event::Sample(sample) = event {
            sample.load = Load::Open { per_second: 10_000.0 };
        }
    }
    assert_eq!(needs(events, Wanted::default()), []);
}
