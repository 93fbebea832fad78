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

use wire::response::Response;

use crate::connection_slot::whose;
use crate::failure::Failure;
use crate::measured::Ledger;
use crate::pace::{Arrivals, Pace};
use crate::poll::News;
use crate::receiver::Clock;
use crate::worker::{Lane, Phase};

pub(crate) struct Errands<'a> {
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
/// Who finds nobody there does not knock on as fast as it can.
const TRY_AGAIN: Duration = Duration::from_millis(10);
/// No sleep is longer, so that Ctrl-C is noticed.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

impl<'a> Errands<'a> {
    pub(crate) fn begin(lane: &'a mut Lane, phase: &'a Phase) -> Errands<'a> {
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
                lane.phases += 1; // Else each phase would be the same draw.
                let seed = lane.seed.wrapping_add(lane.phases << 32);
                let mut pace = Box::new(Pace::new((steps, *spacing), lane.share, lane.bunch, phase.duration, seed));
                let first = pace.next_due().map(|due| start + due);
                Due::Clock(pace, first)
            }
        };
        let (deadlines, news) = (VecDeque::new(), Vec::new());
        let ledger = Ledger::of(&phase.arrivals);
        Errands { lane, phase, start, end, ledger, under_way: 0, due, deadlines, news }
    }

    /// Until everything that was due is settled, or the phase is stopped.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        self.notice_who_hung_up()?;
        loop {
            let now = Instant::now();
            self.give_up_on_the_late(now); // First: whoever waits no longer is free to send.
            self.send_what_is_due(now);
            let is_over = now >= self.end && self.under_way == 0 && self.nothing_is_due();
            if is_over || *self.phase.stop.borrow() {
                return Ok(());
            }
            let mut news = std::mem::take(&mut self.news);
            self.sleep(&mut news)?;
            for piece in news.drain(..) {
                self.look(piece);
            }
            self.news = news;
        }
    }

    /// Since the last phase, when nobody looked. Else the first request of each window might go where nobody listens.
    fn notice_who_hung_up(&mut self) -> io::Result<()> {
        let mut news = Vec::new();
        loop {
            self.lane.network.poll.wait(self.start, self.start, &mut news)?;
            if news.is_empty() {
                return Ok(());
            }
            for News { token, hung_up } in news.drain(..) {
                let (window, replica) = whose(token);
                self.lane.windows[window].look(replica, hung_up, &mut self.lane.network);
            }
        }
    }

    /// Until something happens. Who must be up again soon to send does not wake for answers before: the kernel notes when
    /// they came.
    fn sleep(&mut self, news: &mut Vec<News>) -> io::Result<()> {
        let now = Instant::now();
        let (wake, network) = (self.next_wake(now), &mut self.lane.network);
        let needs_us = std::mem::take(&mut network.needs_us);
        match self.due {
            Due::Clock(_, Some(due))
                if due > now && due <= wake && due - now <= self.lane.bunch.max(SOON) && !needs_us =>
            {
                thread::sleep(due - now);
                network.poll.wait(due, due, news)?;
            }
            _ => network.poll.wait(now, wake, news)?,
        }
        network.receiver.look(if self.phase.arrivals.is_open() { Clock::Kernels } else { Clock::Ours });
        Ok(())
    }

    /// The books, and how long it took. Whoever is still waiting is in flight for ever.
    pub(crate) fn end(mut self) -> (Ledger, Duration) {
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
            && !*self.phase.stop.borrow()
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
        while let Due::Clock(pace, due) = &mut self.due
            && let Some(arrival) = due.filter(|due| *due <= now)
            && !*self.phase.stop.borrow()
        {
            let waits = now < arrival + self.lane.deadline;
            let free = if waits { self.lane.free_window(self.lane.most_windows, self.start) } else { None };
            if waits && free.is_none() {
                return; // Everybody is away, and this one is still worth waiting for.
            }
            *due = pace.next_due().map(|due| self.start + due);
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
    fn settle(&mut self, window: usize, result: Result<Response, Failure>, at: Instant) {
        let asking = &mut self.lane.windows[window];
        let person = &self.lane.people[asking.person];
        let waits_since = asking.under_way.as_ref().map_or(at, |under_way| under_way.since);
        let in_time = at <= waits_since + self.lane.deadline;
        let result = result.and_then(|answer| if in_time { Ok(answer) } else { Err(Failure::TimedOut) });
        let Some((under_way, result)) = asking.settle(result, person, self.lane.lookups) else { return };
        let (since, at) = (under_way.since, at.max(under_way.sent));
        asking.free_since = at;
        self.under_way -= 1;
        self.ledger.settle(result, at - since, at - under_way.sent);
        match (&mut self.due, &self.phase.arrivals) {
            (Due::Users(waiting), Arrivals::Closed { think, .. }) => {
                let nobody_there = matches!(result, Err(Failure::Refused | Failure::Unreachable | Failure::Ours));
                let least = if nobody_there { TRY_AGAIN } else { Duration::ZERO };
                let pause = think.pause(&mut asking.random).max(least);
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
