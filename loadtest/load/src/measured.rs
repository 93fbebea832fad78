//! Books of the generator: who keeps them, and do they balance?
//!
//! Every request that begins is settled once: answered, failed, or still in flight when the phase was cut off. The
//! three are counted in different places, so that a leak shows as a sum that does not add up.

use std::collections::BTreeMap;
use std::time::Duration;

use report::recording::{Latency, Outcomes, SendLag};

use crate::expected_work::Work;
use crate::failure::Failure;
use crate::pace::Arrivals;

/// The books of one thread, or of all of them together.
#[derive(Debug, Default)]
pub struct Ledger {
    pub outcomes: Outcomes,
    /// Of good answers.
    pub ok: Latency,
    /// Of everything else that ended.
    pub failed: Latency,
    /// Of good answers in an open loop, counted from when the request really left: what a stall cannot be seen in.
    pub since_sent: Option<Latency>,
    /// Behind the good answers.
    pub promised: Work,
    /// Of the connection errors, by what went wrong.
    pub kinds: BTreeMap<&'static str, u64>,
    /// How long all that ended was under way, together.
    pub under_way: Duration,
    send_lag: Latency,
}

impl Ledger {
    /// Empty.
    pub fn of(arrivals: &Arrivals) -> Ledger {
        Ledger { since_sent: arrivals.is_open().then(Latency::default), ..Ledger::default() }
    }

    pub fn add(&mut self, other: &Ledger) {
        let (mine, theirs) = (&mut self.outcomes, &other.outcomes);
        mine.sent += theirs.sent;
        mine.ok += theirs.ok;
        mine.timeouts += theirs.timeouts;
        mine.connection_errors += theirs.connection_errors;
        mine.in_flight += theirs.in_flight;
        mine.never_sent += theirs.never_sent;
        for (status, count) in &theirs.http_errors {
            *mine.http_errors.entry(*status).or_default() += count;
        }
        self.ok.add(&other.ok);
        self.failed.add(&other.failed);
        if let Some(theirs) = &other.since_sent {
            self.since_sent.get_or_insert_default().add(theirs);
        }
        self.promised += other.promised;
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.under_way += other.under_way;
        self.send_lag.add(&other.send_lag);
    }

    /// How far behind the schedule requests left, when it was not the server that held them up.
    pub fn send_lag(&self) -> SendLag {
        let lag = &self.send_lag;
        SendLag { p50: lag.quantile(0.5), p99: lag.quantile(0.99), max: lag.max() }
    }

    /// Good or bad, of every request that ended.
    pub fn ended(&self) -> Latency {
        let mut all = self.ok.clone();
        all.add(&self.failed);
        all
    }

    /// One more is under way, and left so much later than it might have.
    pub fn sent(&mut self, lag: Duration) {
        self.outcomes.sent += 1;
        self.send_lag.record(lag);
    }

    /// Nobody was free to send it for so long that it was given up. It stays in the tail.
    pub fn never_sent(&mut self, waited: Duration) {
        self.outcomes.never_sent += 1;
        self.failed.record(waited);
    }

    /// `took` counts from when the request was due, `since_sent` from when it left.
    pub fn settle(&mut self, result: Result<Work, Failure>, took: Duration, since_sent: Duration) {
        self.under_way += since_sent;
        if let Some(kind) = result.err().and_then(Failure::kind) {
            *self.kinds.entry(kind).or_default() += 1;
        }
        let outcomes = &mut self.outcomes;
        match result {
            Ok(promised) => {
                outcomes.ok += 1;
                self.promised += promised;
                self.ok.record(took);
                self.since_sent.iter_mut().for_each(|latency| latency.record(since_sent));
                return;
            }
            Err(Failure::Status(status)) => *outcomes.http_errors.entry(status).or_default() += 1,
            Err(Failure::TimedOut) => outcomes.timeouts += 1,
            Err(_) => outcomes.connection_errors += 1,
        }
        self.failed.record(took);
    }
}

/// What a phase of load came to, over all threads.
#[derive(Debug, Default)]
pub struct Measured {
    pub ledger: Ledger,
    /// From the first due request to the last answer, and no less than was asked for.
    pub elapsed: Duration,
    /// What was asked for.
    pub planned: Duration,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// Opened within the phase.
    pub connections: u64,
    /// CPU time of the generator's threads.
    pub cpu: Duration,
    /// The share of a core that the busiest thread used or queued for: 1.0 is all of it.
    pub busiest: f64,
}

/// Above this, the tail would be the generator's own.
const LAG_BOUND: Duration = Duration::from_millis(2);
const SATURATED: f64 = 0.9;
/// Of a closed loop, whose users stop asking at its end.
const STRAGGLES: f64 = 0.25;

impl Measured {
    pub fn add(&mut self, lane: &Measured) {
        self.ledger.add(&lane.ledger);
        self.elapsed = self.elapsed.max(lane.elapsed);
        self.planned = self.planned.max(lane.planned);
        self.bytes_sent += lane.bytes_sent;
        self.bytes_received += lane.bytes_received;
        self.connections += lane.connections;
        self.cpu += lane.cpu;
        self.busiest = self.busiest.max(lane.busiest);
    }

    /// What came one after the other, where [`Measured::add`] is for what came at once.
    pub fn add_later(&mut self, later: &Measured) {
        let (elapsed, planned) = (self.elapsed + later.elapsed, self.planned + later.planned);
        self.add(later);
        (self.elapsed, self.planned) = (elapsed, planned);
    }

    /// Requests under way on the average, which by Little's law is how many there were a second times how long each took
    /// (*A Proof for the Queuing Formula L = λW*, Operations Research 9(3), 1961).
    pub fn concurrency(&self) -> f64 {
        self.ledger.under_way.as_secs_f64() / self.elapsed.as_secs_f64()
    }

    pub fn goodput_per_second(&self) -> f64 {
        self.ledger.outcomes.ok as f64 / self.elapsed.as_secs_f64()
    }

    /// A sentence for each reason why these figures would be about the generator and not about the server.
    pub fn why_invalid(&self, aim: Aim) -> Vec<String> {
        let outcomes = &self.ledger.outcomes;
        assert!(outcomes.add_up(), "every request is settled once: {outcomes:?}");
        let lag = self.ledger.send_lag().p99;
        let (late, saturated) = (lag > LAG_BOUND, self.busiest > SATURATED);
        let busiest = self.busiest * 100.0;
        let ours = Failure::Ours.kind().and_then(|kind| self.ledger.kinds.get(kind)).copied().unwrap_or(0);
        let tail = self.elapsed.saturating_sub(self.planned);
        let straggled = tail > self.planned.mul_f64(STRAGGLES) + LAG_BOUND * 25;
        let reasons = [
            (outcomes.sent == 0, "no request was due in this time".into()),
            (
                late && aim == Aim::Latency,
                format!("the generator sent late: send lag p99 {lag:.1?}, bound {LAG_BOUND:?}"),
            ),
            (ours > 0, format!("{ours} requests found no free file or port on this side")),
            (
                straggled && aim != Aim::Latency,
                format!("the last answer came {tail:.1?} after the end, and rates over that time mean nothing"),
            ),
            (
                saturated && aim != Aim::CpuTime,
                format!("the generator saturated: its busiest thread wanted {busiest:.0} % of a core"),
            ),
        ];
        reasons.into_iter().filter_map(|(applies, sentence)| applies.then_some(sentence)).collect()
    }
}

/// What a measurement is to tell, and hence what would void it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A request sent late has waited with us.
    Latency,
    /// A generator that cannot do more says nothing of a server that could.
    Throughput,
    /// Of the servers, for each request: however many we could send, they cost the same.
    CpuTime,
}

impl Aim {
    pub fn of(arrivals: &Arrivals) -> Aim {
        if arrivals.is_open() { Aim::Latency } else { Aim::Throughput }
    }
}
