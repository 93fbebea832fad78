//! How does one thread keep many visitors busy, and on time?
//!
//! The loop is the same for every arrival pattern: take a visitor who is free, ask the pace when the next request is
//! due, wait for that moment, send the visitor off. In a closed loop "due" is now; in an open one the clock goes on
//! whoever is free, and what could not be sent in time has its waiting counted.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::alarm::Alarm;
use super::measure::{Attempt, Failure, Ledger, Measured};
use super::pace::{Arrivals, Pace, Share};
use super::scenario::Scenario;
use super::visitor::{Replicas, Visitor};

/// A stretch of load.
#[derive(Debug, Clone)]
pub struct Phase {
    pub arrivals: Arrivals,
    pub duration: Duration,
    pub scenario: Scenario,
    /// Turns true when the phase shall end at once; what is then under way is counted as in flight.
    pub stop: watch::Receiver<bool>,
}

pub struct Lane {
    pub share: Share,
    pub seed: u64,
    /// How long a visitor waits for an answer, counted from when the request was due.
    pub deadline: Duration,
    /// Everybody who is logged in here. They stay at home: what is sent off are windows of theirs.
    pub roster: Vec<Visitor>,
    /// Windows that are free, the one that has rested longest first, and since when.
    pub idle: VecDeque<(Visitor, Instant)>,
    /// An open loop may open more windows while a slow server keeps others waiting, up to so many.
    pub most_windows: usize,
    pub replicas: Rc<Replicas>,
    pub alarm: Alarm,
}

type Away = JoinSet<(Visitor, Instant)>;

impl Lane {
    /// Runs a phase to its end and returns with all visitors back.
    pub async fn drive(&mut self, phase: &Phase) -> io::Result<Measured> {
        let bytes = &self.replicas.bytes;
        let (sent, received, before) = (bytes.sent.get(), bytes.received.get(), Scheduled::now()?);
        let start = Instant::now();
        let ledger = Rc::new(RefCell::new(Ledger::default()));
        let mut away = JoinSet::new();
        let phase = Rc::new(phase.clone());
        let mut stop = phase.stop.clone();
        tokio::select! {
            biased;
            _ = stop.wait_for(|stopped| *stopped) => {}
            sent_off = self.send_off(&phase, start, &ledger, &mut away) => sent_off?,
        }
        away.shutdown().await; // Empty unless the phase was stopped; whoever is dropped here is in flight.
        let elapsed = start.elapsed();
        let after = Scheduled::now()?;
        let (ran, waited) = (after.ran - before.ran, after.waited - before.waited);
        Ok(Measured {
            ledger: ledger.take(),
            elapsed,
            bytes_sent: self.replicas.bytes.sent.get() - sent,
            bytes_received: self.replicas.bytes.received.get() - received,
            cpu: ran,
            busiest: (ran + waited).as_secs_f64() / elapsed.as_secs_f64(),
        })
    }

    async fn send_off(
        &mut self,
        phase: &Rc<Phase>,
        start: Instant,
        ledger: &Rc<RefCell<Ledger>>,
        away: &mut Away,
    ) -> io::Result<()> {
        let mut pace = Pace::new(phase.arrivals, self.share, self.seed);
        let end = start + phase.duration;
        loop {
            let (visitor, free_since) = self.next_free(phase, start, away).await;
            let due = start + pace.next_due(start.elapsed());
            if due >= end {
                self.idle.push_back((visitor, free_since));
                break;
            }
            self.alarm.until(due).await?;
            let attempt = Attempt::begin(ledger);
            attempt.lagged(Instant::now().saturating_duration_since(due.max(free_since)));
            away.spawn_local(errand(visitor, phase.clone(), due, self.deadline, attempt));
        }
        self.alarm.until(end).await?;
        while let Some(back) = away.join_next().await {
            self.idle.push_back(back.map_err(io::Error::other)?);
        }
        Ok(())
    }

    /// Somebody who is free. With all away, an open loop opens one more window: arrivals do not wait for answers. A
    /// closed one sends no more off than it has users.
    async fn next_free(&mut self, phase: &Phase, start: Instant, away: &mut Away) -> (Visitor, Instant) {
        while let Some(Ok(back)) = away.try_join_next() {
            self.idle.push_back(back);
        }
        let most = match phase.arrivals {
            Arrivals::Closed { users } => self.share.part(users),
            _ => self.most_windows,
        };
        if away.len() < most {
            if let Some(free) = self.idle.pop_front() {
                return free;
            }
            let whose = away.len() % self.roster.len();
            return (self.roster[whose].again(), start);
        }
        let back = away.join_next().await.expect("with nobody idle, somebody is away");
        back.expect("an errand neither panics nor is cancelled while its lane waits for it")
    }
}

/// One request, from the moment it was due to its end.
async fn errand(
    mut visitor: Visitor,
    phase: Rc<Phase>,
    due: Instant,
    deadline: Duration,
    attempt: Attempt,
) -> (Visitor, Instant) {
    let since = if phase.arrivals.is_open() { due } else { Instant::now() };
    let result = match deadline.checked_sub(since.elapsed()) {
        Some(left) => tokio::time::timeout(left, visitor.take_step(&phase.scenario)).await,
        None => Ok(Err(Failure::TimedOut)), // Nobody was free for so long that this visitor has given up.
    };
    let now = Instant::now();
    attempt.settle(result.unwrap_or(Err(Failure::TimedOut)), now - since);
    (visitor, now)
}

/// What the kernel knows of the calling thread: its time on a CPU, and its time in the queue for one.
#[derive(Clone, Copy)]
struct Scheduled {
    ran: Duration,
    waited: Duration,
}

impl Scheduled {
    fn now() -> io::Result<Scheduled> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
        let mut nanos = text.split_whitespace().map_while(|number| number.parse().ok()).map(Duration::from_nanos);
        let figures = nanos.next().zip(nanos.next());
        let (ran, waited) = figures.ok_or_else(|| io::Error::other("schedstat holds no two numbers"))?;
        Ok(Scheduled { ran, waited })
    }
}
