//! Verdict of `memory`: is it decided as its thresholds say?

use std::time::Duration;

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Event, Experiment, MemorySample, Mode, Reading, RedisMemory};

use crate::{told, verdict};

const TOKEN: &str = "login-takes-no-memory-without-a-session";
const SESSION: &str = "session-takes-memory-while-it-lasts";
const LEVELS: [u64; 2] = [10_000, 50_000];

/// Bytes a login: resident in the replica, in use by Redis where there is one, on disk.
type Takes = (i64, Option<i64>, i64);

/// Three fleets of one kind; in each it is a little more or less.
fn climbs(mode: Mode, takes: Takes) -> Vec<Event> {
    (0..3).flat_map(|number| climb(mode, number, takes)).collect()
}

fn climb(mode: Mode, number: u32, takes: Takes) -> Vec<Event> {
    let readings = [
        (0, Reading::LoggedIn),
        (LEVELS[0], Reading::LoggedIn),
        (LEVELS[0], Reading::Again),
        (LEVELS[1], Reading::LoggedIn),
    ];
    readings.into_iter().map(|(logins, moment)| held((mode, number), moment, logins, takes)).collect()
}

fn held((mode, climb): (Mode, u32), moment: Reading, logins: u64, (replica, redis, disk): Takes) -> Event {
    let grown = |base: u64, a_login: i64| (base as i64 + logins as i64 * a_login) as u64;
    let warm = if logins > 0 { 1_700_000 } else { 0 };
    let uneven = u64::from(climb) * logins / 2 + if moment == Reading::Again { 4_096 } else { 0 };
    Event::MemorySample(MemorySample {
        mode,
        climb,
        moment,
        logins,
        took: Duration::from_millis(logins / 10),
        replica_bytes: grown(37_000_000 + warm, replica) + uneven,
        redis: redis.map(|redis| RedisMemory {
            used_bytes: grown(977_000, redis),
            resident_bytes: grown(12_400_000, redis * 11 / 10),
            keys: logins * 2,
        }),
        database_bytes: grown(385_024, disk),
    })
}

/// A fleet whose sessions are left to expire: so much stays of what 10,000 of them took, and so many keys were seen.
fn expiring(stays: f64, keys: u64) -> Vec<Event> {
    let reading = |moment, logins, used: f64, keys| {
        let Event::MemorySample(mut held) = held((Mode::SessionRedis, 9), moment, logins, (0, Some(0), 0)) else {
            unreachable!()
        };
        held.redis = Some(RedisMemory { used_bytes: used as u64, resident_bytes: 13_000_000, keys });
        Event::MemorySample(held)
    };
    vec![
        reading(Reading::LoggedIn, 0, 1e6, 0),
        reading(Reading::LoggedIn, 10_000, 7e6, keys),
        reading(Reading::Expired, 10_000, 1e6 + 6e6 * stays, 0),
    ]
}

fn run(token: Takes, session: Takes) -> Vec<Event> {
    let sides = [climbs(Mode::Jwt, token), climbs(Mode::SessionRedis, session), expiring(0.03, 20_000)];
    sides.concat()
}

#[track_caller]
fn check(token: Takes, session: Takes, expected: (Verdict, Verdict)) {
    let both = [TOKEN, SESSION].map(|claim| verdict(claim, run(token, session)));
    assert_eq!(both, [Some(expected.0), Some(expected.1)]);
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::Memory, Vec::new()), "");
}

#[test]
fn as_people_predict() {
    let beside = [climbs(Mode::JwtDenylist, (0, Some(0), 390)), climbs(Mode::SessionMemory, (367, None, 0))];
    let events = [run((0, None, 390), (1, Some(600), 0)), beside.concat()].concat();
    assert_snapshot!(told(Experiment::Memory, events));
}

#[test]
fn a_token_that_its_server_keeps_is_no_token_for_nothing() {
    check((400, None, 390), (1, Some(600), 0), (Verdict::Refuted, Verdict::Supported));
}

#[test]
fn what_a_cache_may_hold_decides_nothing() {
    let events = run((100, None, 390), (1, Some(600), 0));
    assert_eq!(verdict(TOKEN, events.clone()), Some(Verdict::Inconclusive));
    assert_snapshot!(told(Experiment::Memory, events));
}

#[test]
fn a_session_that_takes_nothing_is_none_of_the_textbooks() {
    check((0, None, 390), (0, Some(1), 0), (Verdict::Supported, Verdict::Refuted));
}

#[test]
fn memory_that_stays_taken_was_not_only_the_sessions() {
    let ended = |stays| {
        let events = [climbs(Mode::SessionRedis, (1, Some(600), 0)), expiring(stays, 20_000)].concat();
        verdict(SESSION, events)
    };
    assert_eq!(ended(0.2), Some(Verdict::Supported));
    assert_eq!(ended(0.3), Some(Verdict::Inconclusive));
    assert_eq!(ended(0.6), Some(Verdict::Refuted));
}

#[test]
fn sessions_that_expired_too_soon_tell_nothing() {
    let events = [climbs(Mode::SessionRedis, (1, Some(600), 0)), expiring(0.03, 15_000)].concat();
    assert_snapshot!(told(Experiment::Memory, events));
}

#[test]
fn one_fleet_is_too_few_to_be_sure() {
    let events = [climb(Mode::Jwt, 0, (0, None, 390)), climb(Mode::SessionRedis, 0, (1, Some(600), 0))].concat();
    assert_snapshot!(told(Experiment::Memory, events));
}

#[test]
fn one_side_alone_decides_its_own_claim() {
    let events = climbs(Mode::Jwt, (0, None, 390));
    assert_eq!(verdict(TOKEN, events.clone()), Some(Verdict::Supported));
    assert_eq!(verdict(SESSION, events), None);
}
