//! How does one thread keep many windows busy, and on time?
//!
//! The loop is the same for every arrival pattern: give up on what is too late, send what is due, sleep until something
//! happens, take in what was answered. In a closed loop a request is due when its user has paused; in an open one the
//! clock goes on whoever is free, and what could not be sent in time has its waiting counted.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use loadtest::answer::Answer;

use super::failure::Failure;
use super::lane::{Lane, Phase};
use super::measure::Ledger;
use super::pace::{Arrivals, Pace};
use super::poll::News;
use super::receiver::Clock;
use super::window::whose;

pub struct Errands<'a> {
    lane: &'a mut Lane,
    phase: &'a Phase,
    start: Instant,
    end: Instant,
    ledger: Ledger,
    under_way: usize,
    due: Due,
    /// When each request under way is given up, in that order: window, and which of its requests.
    deadlines: VecDeque<(Instant, usize, u64)>,
    news: Vec<News>,
}

/// Who asks next, and when.
enum Due {
    /// Users, by when they have paused long enough.
    Users(BinaryHeap<Reverse<(Instant, usize)>>),
    /// The clock: the next arrival. None: none within this phase.
    Clock(Box<Pace>, Option<Instant>),
}

const SOON: Duration = Duration::from_micros(500);
/// No sleep is longer, so that Ctrl-C is noticed.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

impl<'a> Errands<'a> {
    pub fn begin(lane: &'a mut Lane, phase: &'a Phase) -> Errands<'a> {
        let start = Instant::now();
        let end = start + phase.duration;
        let due = match &phase.arrivals {
            Arrivals::Closed { users, think } => {
                let mut waiting = BinaryHeap::new();
                let most = lane.share.part(*users);
                while let Some(window) = lane.free_window(most, start) {
                    let pause = think.pause(&mut lane.windows[window].random);
                    waiting.push(Reverse((start + pause, window)));
                }
                Due::Users(waiting)
            }
            Arrivals::Open { steps, spacing } => {
                let mut pace = Box::new(Pace::new(steps, *spacing, lane.share, lane.bunch, lane.seed));
                let first = Some(start + pace.next_due()).filter(|due| *due < end);
                Due::Clock(pace, first)
            }
        };
        let (deadlines, news) = (VecDeque::new(), Vec::new());
        Errands { lane, phase, start, end, ledger: Ledger::default(), under_way: 0, due, deadlines, news }
    }

    /// Until everything that was due is settled, or the phase is stopped.
    pub fn run(&mut self) -> io::Result<()> {
        loop {
            let now = Instant::now();
            self.give_up_on_the_late(now); // First: whoever waits no longer is free to send.
            self.send_what_is_due(now);
            let is_over = now >= self.end && self.under_way == 0 && self.nothing_is_due();
            if is_over || *self.phase.stop.borrow() {
                return Ok(());
            }
            let mut news = std::mem::take(&mut self.news);
            self.sleep(now, &mut news)?;
            for piece in news.drain(..) {
                self.look(piece);
            }
            self.news = news;
        }
    }

    /// Until something happens. Who must be up again soon to send does not wake for answers before: the kernel notes when
    /// they came.
    fn sleep(&mut self, now: Instant, news: &mut Vec<News>) -> io::Result<()> {
        let (wake, network) = (self.next_wake(now), &mut self.lane.network);
        match self.due {
            Due::Clock(_, Some(due)) if due > now && due <= wake && due - now <= self.lane.bunch.max(SOON) => {
                thread::sleep(due - now);
                network.poll.wait(due, due, news)?;
            }
            _ => network.poll.wait(now, wake, news)?,
        }
        let clock = if self.phase.arrivals.is_open() { Clock::Kernels } else { Clock::Ours };
        network.receiver.look(clock);
        Ok(())
    }

    /// The books, and how long it took. Whoever is still waiting is in flight for ever.
    pub fn end(mut self) -> (Ledger, Duration) {
        for window in &mut self.lane.windows {
            if window.abandon().is_some() {
                self.ledger.outcomes.in_flight += 1;
            }
        }
        self.lane.idle = (0..self.lane.windows.len()).collect();
        (self.ledger, self.start.elapsed())
    }

    fn send_what_is_due(&mut self, now: Instant) {
        match self.due {
            Due::Users(_) => self.send_users(now),
            Due::Clock(..) => self.keep_the_schedule(now),
        }
    }

    fn send_users(&mut self, now: Instant) {
        while let Due::Users(waiting) = &mut self.due
            && let Some(Reverse((due, window))) = waiting.peek().copied()
            && due <= now
        {
            waiting.pop();
            if due >= self.end {
                self.lane.idle.push_back(window);
                continue;
            }
            self.send(window, due, None);
        }
    }

    fn keep_the_schedule(&mut self, now: Instant) {
        while let Due::Clock(pace, Some(due)) = &mut self.due
            && *due <= now
        {
            let arrival = *due;
            let next = pace.as_mut();
            let free = self.lane.free_window(self.lane.most_windows, self.start);
            if free.is_none() && now < arrival + self.lane.deadline {
                return; // Everybody is away, and this one is still worth waiting for.
            }
            *due = self.start + next.next_due();
            if *due >= self.end {
                let Due::Clock(_, due) = &mut self.due else { return };
                *due = None;
            }
            match free {
                Some(window) => self.send(window, arrival, Some(arrival)),
                None => self.ledger.never_sent(now - arrival),
            }
        }
    }

    /// `since` is what the latency is counted from, if not from now.
    fn send(&mut self, window: usize, due: Instant, since: Option<Instant>) {
        self.lane.seat(window);
        let Lane { windows, people, network, deadline, .. } = &mut *self.lane;
        let asking = &mut windows[window];
        let person = &people[asking.person];
        let now = Instant::now();
        let since = since.unwrap_or(now);
        self.ledger.sent(now.saturating_duration_since(due.max(asking.free_since)));
        self.under_way += 1;
        match asking.ask(&self.phase.scenario, person, (since, now), network) {
            Ok(()) => self.deadlines.push_back((since + *deadline, window, asking.begun)),
            Err(failure) => self.settle(window, Err(failure), now),
        }
    }

    fn give_up_on_the_late(&mut self, now: Instant) {
        while let Some((deadline, window, request)) = self.deadlines.front().copied() {
            let asking = &self.lane.windows[window];
            let waits = asking.under_way.is_some() && asking.begun == request;
            if waits && deadline > now {
                return;
            }
            self.deadlines.pop_front();
            if waits {
                self.settle(window, Err(Failure::TimedOut), now);
            }
        }
    }

    fn look(&mut self, News { token, hung_up }: News) {
        let (window, replica) = whose(token);
        let Lane { windows, network, .. } = &mut *self.lane;
        if let Some(result) = windows[window].look(replica, hung_up, network) {
            let now = Instant::now();
            match result {
                Ok((answer, at)) => self.settle(window, Ok(answer), at.min(now)),
                Err(failure) => self.settle(window, Err(failure), now),
            }
            self.send_what_is_due(now); // Before the next answer is looked at: who waits for nothing waits no longer.
        }
    }

    /// It ended at `at`, as far as the clocks agree: never before it was sent.
    fn settle(&mut self, window: usize, result: Result<Answer, Failure>, at: Instant) {
        let asking = &mut self.lane.windows[window];
        let person = &self.lane.people[asking.person];
        let Some((under_way, result)) = asking.settle(result, person, self.lane.lookups) else { return };
        let (since, at) = (under_way.since, at.max(under_way.sent));
        asking.free_since = at;
        self.under_way -= 1;
        let since_sent = self.phase.arrivals.is_open().then(|| at - under_way.sent);
        self.ledger.settle(result, at - since, since_sent);
        match (&mut self.due, &self.phase.arrivals) {
            (Due::Users(waiting), Arrivals::Closed { think, .. }) => {
                let pause = think.pause(&mut asking.random);
                waiting.push(Reverse((at + pause, window)));
            }
            _ => self.lane.idle.push_back(window),
        }
    }

    fn nothing_is_due(&self) -> bool {
        match &self.due {
            Due::Users(waiting) => waiting.peek().is_none_or(|Reverse((due, _))| *due >= self.end),
            Due::Clock(_, next) => next.is_none(),
        }
    }

    fn next_wake(&self, now: Instant) -> Instant {
        let due = match &self.due {
            Due::Users(waiting) => waiting.peek().map(|Reverse((due, _))| *due),
            // With everybody away there is nothing to do about what is due but to give it up at last.
            Due::Clock(_, next) => next.map(|due| if due <= now { due + self.lane.deadline } else { due }),
        };
        let late = self.deadlines.front().map(|(deadline, ..)| *deadline);
        let end = (now < self.end).then_some(self.end);
        let wakes = [due, late, end].into_iter().flatten().min();
        wakes.map_or(now, |wake| wake.min(now + LONGEST_SLEEP))
    }
}
