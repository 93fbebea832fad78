//! Synthetic recordings: what would a run look like?
//!
//! Recordings of invented runs, for tests of the report: every figure is made up, and the same for ever.

mod fleets;

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use fleets::SHARE;
use report::recording::*;

/// What is special about the run.
pub(crate) struct Run {
    pub(crate) blocks: u32,
    /// Session over token, in CPU on top of the control.
    pub(crate) session_costs: f64,
    pub(crate) why_invalid: Vec<String>,
    pub(crate) contract_failures: Vec<String>,
    pub(crate) ending: Option<Ending>,
    pub(crate) seed: u64,
    /// How many times as long everything takes here as elsewhere, from block to block.
    pub(crate) machine: fn(u32) -> f64,
    /// How many times the CPU the servers take, but not the handler without our code.
    pub(crate) heavier: f64,
    /// How restless the machine is: 1 as it is at best.
    pub(crate) restless: f64,
}

impl Default for Run {
    fn default() -> Run {
        let (why_invalid, contract_failures) = (Vec::new(), Vec::new());
        Run {
            blocks: 6,
            session_costs: 2.6,
            why_invalid,
            contract_failures,
            ending: Some(Ending::Complete),
            seed: 7,
            machine: |_| 1.0,
            heavier: 1.0,
            restless: 1.0,
        }
    }
}

/// (mode, workload, µs of CPU in the server, µs in Redis, store calls, SQL statements)
const ARMS: [(Mode, Workload, f64, f64, u64, u64); 9] = [
    (Mode::Bare, Workload::Anonymous, 6.1, 0.0, 0, 0),
    (Mode::Jwt, Workload::Anonymous, 7.6, 0.0, 0, 0),
    (Mode::SessionRedis, Workload::Anonymous, 7.7, 0.0, 0, 0),
    (Mode::Jwt, Workload::Whoami, 11.9, 0.0, 0, 0),
    (Mode::SessionRedis, Workload::Whoami, 0.0, 5.2, 1, 0),
    (Mode::Jwt, Workload::Profile, 39.0, 0.0, 0, 1),
    (Mode::SessionRedis, Workload::Profile, 0.0, 5.4, 1, 1),
    (Mode::Jwt, Workload::Journey, 310.0, 0.0, 0, 4),
    (Mode::SessionRedis, Workload::Journey, 0.0, 1.0, 1, 4),
];

/// (mode, workload, µs of CPU in the server, µs in Redis, store calls)
const CREDENTIALS: [(Mode, Workload, f64, f64, u64); 9] = [
    (Mode::Jwt, Workload::Anonymous, 7.6, 0.0, 0),
    (Mode::Jwt, Workload::Whoami, 11.9, 0.0, 0),
    (Mode::JwtEs256, Workload::Whoami, 61.0, 0.0, 0),
    (Mode::JwtEs256Cached, Workload::Whoami, 12.4, 0.0, 0),
    (Mode::JwtEddsa, Workload::Whoami, 47.0, 0.0, 0),
    (Mode::JwtDenylist, Workload::Whoami, 20.0, 5.1, 1),
    (Mode::SessionRedis, Workload::Whoami, 18.0, 5.2, 1),
    (Mode::SessionNearCache, Workload::Whoami, 11.8, 0.0, 0),
    (Mode::SessionMemory, Workload::Whoami, 11.1, 0.0, 0),
];

impl Run {
    pub(crate) fn recording(&self) -> Recording {
        let mut rng = Rng::with_seed(self.seed);
        let mut events =
            vec![self.contract(Mode::Jwt, &[]), self.contract(Mode::SessionRedis, &self.contract_failures)];
        for block in 0..self.blocks {
            events.extend(self.auth_cost(block, &mut rng));
        }
        if self.ending == Some(Ending::Complete) {
            for block in 0..self.blocks {
                events.extend(
                    self.credential_cost(block, &mut Rng::with_seed(u64::from(block) + 1000 * (self.seed - 7))),
                );
            }
            for block in 0..self.blocks {
                events.extend(fleets::scale_out(self, block, &mut rng));
            }
            events.extend(wire());
        }
        let footer = self
            .ending
            .map(|ending| Footer { ended_at: "2026-03-04T09:31:12Z".parse().expect("it is RFC 3339"), ending });
        Recording { header: header(), events, footer }
    }

    fn contract(&self, mode: Mode, failures: &[String]) -> Event {
        Event::Contract(Contract { mode, cases: 41, failures: failures.to_vec() })
    }

    fn auth_cost(&self, block: u32, rng: &mut Rng) -> Vec<Event> {
        let twins = [ARMS[3], ARMS[3]].map(|arm| (arm, Purpose::AgainstItself));
        let arms = ARMS.into_iter().map(|arm| (arm, Purpose::Comparison)).chain(twins);
        arms.enumerate().map(|(order, (arm, purpose))| self.stretch(block, order as u32, arm, purpose, rng)).collect()
    }

    fn stretch(
        &self,
        block: u32,
        order: u32,
        (mode, workload, server, redis, calls, sql): (Mode, Workload, f64, f64, u64, u64),
        purpose: Purpose,
        rng: &mut Rng,
    ) -> Event {
        let journey = workload == Workload::Journey;
        let per_second = if journey { 300.0 } else { 2000.0 };
        let sent = (per_second * 1.2) as u64;
        let token = ARMS.iter().find(|arm| arm.0 == Mode::Jwt && arm.1 == workload).expect("both sides do the same").2;
        let session = if journey { token } else { token + 0.1 + (self.session_costs - 1.0) * 4.3 };
        // What is compared is calmer than the twins, so that the noise is never underestimated by bad luck.
        let shake = self.restless * if purpose == Purpose::AgainstItself { 0.03 } else { 0.01 };
        let (machine, ours) = ((self.machine)(block), if mode == Mode::Bare { 1.0 } else { self.heavier });
        let server = machine * ours * wobble(if server == 0.0 { session } else { server }, shake, rng);
        let redis = machine * wobble(redis * f64::from(self.session_costs > 1.0), shake, rng);
        let mut sample = blank(mode, workload, purpose, block, order);
        sample.load = Load::Open { per_second };
        sample.outcomes = Outcomes { sent, ok: sent, ..Outcomes::default() };
        sample.latency = latency(60.0 * machine + 4.0 * (server + 2.0 * redis), sent, rng);
        sample.processes = processes(1, server * sent as f64, redis * sent as f64, 0.4);
        sample.store_calls = Tally { promised: calls * sent, seen: calls * sent };
        sample.sql_statements = Tally { promised: sql * sent, seen: sql * sent };
        sample.grounds = grounds(&self.why_invalid);
        Event::Sample(Box::new(weighed(sample)))
    }

    fn credential_cost(&self, block: u32, rng: &mut Rng) -> Vec<Event> {
        let twins = [CREDENTIALS[1], CREDENTIALS[1]].map(|arm| (arm, Purpose::AgainstItself));
        let arms = CREDENTIALS.into_iter().map(|arm| (arm, Purpose::Comparison)).chain(twins).enumerate();
        let measured = arms.map(|(order, ((mode, workload, server, redis, calls), purpose))| {
            let mut sample = blank(mode, workload, purpose, block, order as u32);
            let shake = self.restless * if purpose == Purpose::AgainstItself { 0.03 } else { 0.01 };
            let (sent, machine) = (40_000, (self.machine)(block));
            let server = machine * self.heavier * wobble(server, shake, rng);
            let redis = machine * wobble(redis, shake, rng);
            sample.experiment = Experiment::CredentialCost;
            sample.load = Load::Closed { users: 32 };
            sample.outcomes = Outcomes { sent, ok: sent, ..Outcomes::default() };
            sample.latency = shared_out(&sample, rng);
            sample.processes = processes(1, server * sent as f64, redis * sent as f64, 0.4);
            sample.store_calls = Tally { promised: calls * sent, seen: calls * sent };
            sample.grounds = grounds(&self.why_invalid);
            Event::Sample(Box::new(weighed(sample)))
        });
        measured.collect()
    }
}

/// By Little's law, what users wait in a closed loop.
fn shared_out(sample: &Sample, rng: &mut Rng) -> Latency {
    let Load::Closed { users } = sample.load else { panic!("an open loop has no users") };
    let rate = sample.outcomes.sent as f64 / sample.duration.as_secs_f64();
    let mut latency = Latency::default();
    for _ in 0..200 {
        latency.record(Duration::from_secs_f64(wobble(f64::from(users) / rate, 0.5, rng)));
    }
    latency
}

/// With what its requests and their answers put on the wire.
fn weighed(sample: Sample) -> Sample {
    let Outcomes { sent, ok, .. } = sample.outcomes;
    Sample { bytes_sent: 475 * sent, bytes_received: 365 * ok, ..sample }
}

/// Up or down by this share at most.
fn wobble(value: f64, share: f64, rng: &mut Rng) -> f64 {
    value * (1.0 + share * (2.0 * rng.f64() - 1.0))
}

pub(crate) fn blank(mode: Mode, workload: Workload, purpose: Purpose, block: u32, order: u32) -> Sample {
    let micros = Duration::from_micros;
    Sample {
        experiment: Experiment::AuthCost,
        mode,
        workload,
        purpose,
        block,
        order,
        replicas: 1,
        redis_round_trip: None,
        load: Load::Open { per_second: 2000.0 },
        duration: Duration::from_millis(1200),
        outcomes: Outcomes::default(),
        latency: Latency::default(),
        send_lag: SendLag { p50: micros(9), p99: micros(80), max: micros(410) },
        bytes_sent: 1_000_000,
        bytes_received: 800_000,
        processes: Vec::new(),
        store_calls: Tally::default(),
        sql_statements: Tally::default(),
        grounds: grounds(&[]),
    }
}

/// Facts that nothing speaks against, or what a program of format 2 found wrong.
pub(crate) fn grounds(why_invalid: &[String]) -> Grounds {
    if !why_invalid.is_empty() {
        return Grounds::Judged(why_invalid.to_vec());
    }
    let planned = Duration::from_millis(1200);
    let generator = Conduct { aim: Aim::CpuTime, planned, busiest_thread: 0.4, own_failures: 0 };
    Grounds::Facts(Facts { generator, visitors: 8, store_writes: Tally::default() })
}

/// Most near the median, some far out, as latencies are.
pub(crate) fn latency(median_micros: f64, count: u64, rng: &mut Rng) -> Latency {
    let mut latency = Latency::default();
    for _ in 0..count {
        let unlucky = rng.f64();
        let factor = 0.8 + 0.4 * rng.f64() + 0.05 * (1.0 - unlucky).max(1e-4).powf(-0.55);
        latency.record(Duration::from_nanos((median_micros * factor * 1000.0) as u64));
    }
    latency
}

pub(crate) fn processes(replicas: u32, server_micros: f64, redis_micros: f64, generator_cores: f64) -> Vec<Process> {
    let process = |role, micros: f64, rss_bytes| Process {
        role,
        cpu: Duration::from_micros(micros as u64),
        rss_bytes,
        throttled: Duration::ZERO,
        limit: None,
    };
    let share = server_micros / f64::from(replicas);
    let servers = (1..=replicas).map(|number| process(Role::Replica(number), share, 18_400_000));
    let rest =
        [process(Role::Redis, redis_micros, 9_100_000), process(Role::Generator, generator_cores * 1.2e6, 31_000_000)];
    servers.chain(rest).collect()
}

fn wire() -> Vec<Event> {
    let exchange = |mode, workload, credential: Option<(&str, u64)>| {
        let mut request = BTreeMap::from([("host".to_owned(), 23), ("accept".to_owned(), 13)]);
        request.extend(credential.map(|(name, bytes)| (name.to_owned(), bytes)));
        let answer =
            ["content-type", "content-length", "date", "cache-control", "server-timing", "x-request-id", "x-served-by"];
        let response = answer.iter().zip([32, 21, 37, 34, 49, 52, 24]).map(|(name, bytes)| ((*name).to_owned(), bytes));
        Event::Wire(Wire {
            mode,
            workload,
            request: Message { framing_bytes: 27, headers: request, body_bytes: 0 },
            response: Message { framing_bytes: 19, headers: response.collect(), body_bytes: 97 },
        })
    };
    let size =
        |mode, content_bytes, request_bytes| Event::Size(SizePoint { mode, content_bytes, request_bytes, status: 200 });
    let limit = |mode| Event::HeadLimit(HeadLimit { mode, answered_bytes: 16_384, refused_bytes: 16_385, status: 431 });
    let mut events = vec![
        exchange(Mode::Jwt, Workload::Anonymous, None),
        exchange(Mode::SessionRedis, Workload::Anonymous, None),
        exchange(Mode::Jwt, Workload::Whoami, Some(("authorization", 412))),
        exchange(Mode::SessionRedis, Workload::Whoami, Some(("cookie", 161))),
    ];
    events.extend([(480, 1320), (900, 1880), (1600, 2813)].map(|(content, bytes)| size(Mode::Jwt, content, bytes)));
    events
        .extend([(480, 240), (900, 240), (1600, 240)].map(|(content, bytes)| size(Mode::SessionRedis, content, bytes)));
    events.extend([limit(Mode::Jwt), limit(Mode::SessionRedis)]);
    events.push(Event::Note(Remark {
        experiment: Some(Experiment::ScaleOut),
        sentence: "Visitors stay with their replica.".into(),
    }));
    events
}

pub(crate) fn header() -> Header {
    let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Header {
        format: FORMAT,
        started_at: "2026-03-04T09:26:05Z".parse().expect("it is RFC 3339"),
        program: "0.1.0".into(),
        seed: 42,
        plan: Plan { name: "workshop".into(), text: "# invented\n".into() },
        command: ["loadtest", "compare", "--plan=workshop", "--seed=42"].map(str::to_owned).to_vec(),
        machine: Machine {
            kernel: "6.6.0-invented".into(),
            cores: 2,
            cpu_model: "Invented CPU @ 2.50GHz".into(),
            memory_bytes: 25_769_803_776,
        },
        versions: texts(&[("redis-server", "7.0.15"), ("stateful-server", "0.1.0"), ("stateless-server", "0.1.0")]),
        pinning: BTreeMap::from([
            ("servers".into(), vec![0]),
            ("redis".into(), vec![1]),
            ("generator".into(), vec![1]),
        ]),
        caps: BTreeMap::from([("replica".into(), SHARE), ("redis".into(), SHARE)]),
    }
}
