//! Books of the generator: who keeps them, and do they balance?
//!
//! Every request that begins is settled once: answered, failed, or still in flight when the phase was cut off. The
//! three are counted in different places, so that a leak shows as a sum that does not add up.

use std::collections::BTreeMap;
use std::time::Duration;

use report::evidence::validity::generator_reasons;
use report::recording::{Aim, Conduct, Latency, Outcomes, SendLag};

use crate::expected_work::Work;
use crate::failure::Failure;
use crate::pace::Arrivals;

/// The books of one thread, or of all of them together.
#[derive(Debug, Default)]
pub struct Stats {
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

impl Stats {
    /// Empty.
    pub fn of(arrivals: &Arrivals) -> Stats {
        Stats { since_sent: arrivals.is_open().then(Latency::default), ..Stats::default() }
    }

    pub fn add(&mut self, other: &Stats) {
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
    pub stats: Stats,
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

impl Measured {
    pub fn add(&mut self, thread: &Measured) {
        self.stats.add(&thread.stats);
        self.elapsed = self.elapsed.max(thread.elapsed);
        self.planned = self.planned.max(thread.planned);
        self.bytes_sent += thread.bytes_sent;
        self.bytes_received += thread.bytes_received;
        self.connections += thread.connections;
        self.cpu += thread.cpu;
        self.busiest = self.busiest.max(thread.busiest);
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
        self.stats.under_way.as_secs_f64() / self.elapsed.as_secs_f64()
    }

    pub fn goodput_per_second(&self) -> f64 {
        self.stats.outcomes.ok as f64 / self.elapsed.as_secs_f64()
    }

    /// A sentence for each reason why these figures would be about the generator and not about the server.
    pub fn invalid_reasons(&self, aim: Aim) -> Vec<String> {
        generator_reasons(&self.conduct(aim), &self.stats.outcomes, self.stats.send_lag(), self.elapsed)
    }

    /// How this side did, for whoever decides whether to believe the rest.
    pub fn conduct(&self, aim: Aim) -> Conduct {
        let own_failures = Failure::Ours.kind().and_then(|kind| self.stats.kinds.get(kind)).copied().unwrap_or(0);
        Conduct { aim, planned: self.planned, busiest_thread: self.busiest, own_failures }
    }
}
