//! Verdict of `crossover`: is it decided as its thresholds say?

use std::time::Duration;

use fastrand::Rng;
use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::{Event, Experiment, Load, Mode, Outcomes, Purpose, Sample, Tally, Workload};

use crate::synthetic::{blank, grounds, latency, processes};
use crate::{told, verdict};

const CLAIM: &str = "token-is-faster-wherever-redis-is";
const FAR: [u64; 4] = [0, 200, 1000, 5000];
const BLOCKS: u32 = 6;

/// µs of latency with nothing between, and of each token.
struct Invented {
    session: f64,
    proxy: f64,
    tokens: Vec<(Mode, f64)>,
    twins: bool,
    blocks: u32,
    why_invalid: Vec<String>,
}

impl Default for Invented {
    fn default() -> Invented {
        let tokens =
            vec![(Mode::Jwt, 150.0), (Mode::JwtEs256, 210.0), (Mode::JwtEs256Cached, 152.0), (Mode::JwtEddsa, 190.0)];
        Invented { session: 240.0, proxy: 60.0, tokens, twins: true, blocks: BLOCKS, why_invalid: Vec::new() }
    }
}

impl Invented {
    fn events(&self) -> Vec<Event> {
        let mut rng = Rng::with_seed(7);
        let mut events = Vec::new();
        for block in 0..self.blocks {
            let through = |far: u64| (Mode::SessionRedis, Some(far), self.session + self.proxy + far as f64);
            let sessions = [(Mode::SessionRedis, None, self.session)].into_iter().chain(FAR.map(through));
            let tokens = self.tokens.iter().map(|(mode, micros)| (*mode, None, *micros));
            let compared = sessions.chain(tokens).map(|arm| (Purpose::Comparison, arm));
            let twin = (Purpose::AgainstItself, (Mode::Jwt, None, 150.0));
            let twins = if self.twins { vec![twin; 2] } else { Vec::new() };
            for (order, (purpose, arm)) in compared.chain(twins).enumerate() {
                events.push(self.sample((block, order as u32), purpose, arm, &mut rng));
            }
        }
        events
    }

    fn sample(
        &self,
        (block, order): (u32, u32),
        purpose: Purpose,
        (mode, far, micros): (Mode, Option<u64>, f64),
        rng: &mut Rng,
    ) -> Event {
        let shaken = micros * (1.0 + 0.04 * (rng.f64() - 0.5));
        let sent = 250;
        let calls = if mode == Mode::SessionRedis { sent } else { 0 };
        let redis = if calls > 0 { 9.0 * sent as f64 } else { 0.0 };
        Event::Sample(Box::new(Sample {
            experiment: Experiment::Crossover,
            redis_round_trip: far.map(Duration::from_micros),
            load: Load::Open { per_second: 500.0 },
            duration: Duration::from_millis(500),
            outcomes: Outcomes { sent, ok: sent, ..Outcomes::default() },
            latency: latency(shaken / 1.07, sent, rng),
            processes: processes(1, 40.0 * sent as f64, redis, 0.1),
            store_calls: Tally { promised: calls, seen: calls },
            grounds: grounds(&self.why_invalid),
            ..blank(mode, Workload::Whoami, purpose, block, order)
        }))
    }
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::Crossover, Vec::new()), "");
}

#[test]
fn every_token_is_sooner_at_every_distance() {
    let events = Invented::default().events();
    assert_eq!(verdict(CLAIM, events.clone()), Some(Verdict::Supported));
    assert_snapshot!(told(Experiment::Crossover, events));
}

#[test]
fn a_signature_that_takes_longer_than_a_near_redis_is_overtaken() {
    let mut invented = Invented::default();
    invented.tokens[1].1 = 700.0;
    assert_eq!(verdict(CLAIM, invented.events()), Some(Verdict::Depends));
    assert_snapshot!(told(Experiment::Crossover, invented.events()));
}

#[test]
fn sessions_that_are_always_sooner_refute_it() {
    let tokens = vec![(Mode::Jwt, 9000.0), (Mode::JwtEs256, 9900.0)];
    let invented = Invented { tokens, ..Invented::default() };
    assert_eq!(verdict(CLAIM, invented.events()), Some(Verdict::Refuted));
    assert_snapshot!(told(Experiment::Crossover, invented.events()));
}

#[test]
fn what_lies_within_the_noise_somewhere_makes_it_depend() {
    let invented = Invented { tokens: vec![(Mode::Jwt, 150.0), (Mode::JwtEs256, 240.5)], ..Invented::default() };
    assert_ne!(verdict(CLAIM, invented.events()), Some(Verdict::Supported));
}

#[test]
fn without_twins_nobody_knows_the_noise() {
    let invented = Invented { twins: false, ..Invented::default() };
    assert_snapshot!(told(Experiment::Crossover, invented.events()));
}

#[test]
fn one_block_has_no_interval() {
    let invented = Invented { blocks: 1, ..Invented::default() };
    assert_eq!(verdict(CLAIM, invented.events()), Some(Verdict::Inconclusive));
}

#[test]
fn samples_that_do_not_count_decide_nothing() {
    let why_invalid = vec!["the generator sent late".into()];
    let invented = Invented { why_invalid, ..Invented::default() };
    assert_eq!(verdict(CLAIM, invented.events()), Some(Verdict::Inconclusive));
}

#[test]
fn tokens_alone_are_compared_with_nobody() {
    let events = Invented::default().events().into_iter().filter(|event| match event {
        Event::Sample(sample) => sample.mode != Mode::SessionRedis,
        _ => true,
    });
    assert_snapshot!(told(Experiment::Crossover, events.collect()));
}
