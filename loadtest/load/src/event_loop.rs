//! Event loop: how does one thread keep many connection slots busy, and on time?
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
use crate::measured::Stats;
use crate::pace::{Arrivals, Pace};
use crate::poll::Readiness;
use crate::receiver::Clock;
use crate::worker::{Phase, Worker};

pub(crate) struct EventLoop<'a> {
    worker: &'a mut Worker,
    phase: &'a Phase,
    start: Instant,
    end: Instant,
    stats: Stats,
    under_way: usize,
    due: Due,
    /// When each request under way is given up, in that order: slot, and which of its requests.
    deadlines: VecDeque<(Instant, usize, u64)>,
    ready: Vec<Readiness>,
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

impl<'a> EventLoop<'a> {
    pub(crate) fn begin(worker: &'a mut Worker, phase: &'a Phase) -> EventLoop<'a> {
        let start = Instant::now();
        let end = start + phase.duration;
        let due = match &phase.arrivals {
            Arrivals::Closed { users, think } => {
                let mut waiting = BinaryHeap::new();
                let most = worker.share.part(*users);
                while let Some(slot) = worker.free_slot(most, start) {
                    let pause = think.pause(&mut worker.slots[slot].random);
                    waiting.push(Reverse((start + pause, slot)));
                }
                Due::Users(waiting)
            }
            Arrivals::Open { steps, process } => {
                worker.phases += 1; // Else each phase would be the same draw.
                let seed = worker.seed.wrapping_add(worker.phases << 32);
                let mut pace =
                    Box::new(Pace::new((steps, *process), worker.share, worker.batch_window, phase.duration, seed));
                let first = pace.next_due().map(|due| start + due);
                Due::Clock(pace, first)
            }
        };
        let (deadlines, ready) = (VecDeque::new(), Vec::new());
        let stats = Stats::of(&phase.arrivals);
        EventLoop { worker, phase, start, end, stats, under_way: 0, due, deadlines, ready }
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
            let mut ready = std::mem::take(&mut self.ready);
            self.sleep(&mut ready)?;
            for readiness in ready.drain(..) {
                self.look(readiness);
            }
            self.ready = ready;
        }
    }

    /// Since the last phase, when nobody looked. Else the first request of each slot might go where nobody listens.
    fn notice_who_hung_up(&mut self) -> io::Result<()> {
        let mut ready = Vec::new();
        loop {
            self.worker.network.poll.wait(self.start, self.start, &mut ready)?;
            if ready.is_empty() {
                return Ok(());
            }
            for Readiness { token, hung_up } in ready.drain(..) {
                let (slot, replica) = whose(token);
                self.worker.slots[slot].look(replica, hung_up, &mut self.worker.network);
            }
        }
    }

    /// Until something happens. Who must be up again soon to send does not wake for answers before: the kernel notes when
    /// they came.
    fn sleep(&mut self, ready: &mut Vec<Readiness>) -> io::Result<()> {
        let now = Instant::now();
        let (wake, network) = (self.next_wake(now), &mut self.worker.network);
        let needs_us = std::mem::take(&mut network.needs_us);
        match self.due {
            Due::Clock(_, Some(due))
                if due > now && due <= wake && due - now <= self.worker.batch_window.max(SOON) && !needs_us =>
            {
                thread::sleep(due - now);
                network.poll.wait(due, due, ready)?;
            }
            _ => network.poll.wait(now, wake, ready)?,
        }
        network.receiver.look(if self.phase.arrivals.is_open() { Clock::Kernels } else { Clock::Ours });
        Ok(())
    }

    /// The books, and how long it took. Whoever is still waiting is in flight for ever.
    pub(crate) fn end(mut self) -> (Stats, Duration) {
        for slot in &mut self.worker.slots {
            if slot.abandon().is_some() {
                self.stats.outcomes.in_flight += 1;
            }
        }
        self.worker.idle = (0..self.worker.slots.len()).collect();
        (self.stats, self.start.elapsed())
    }

    fn send_what_is_due(&mut self, now: Instant) {
        match self.due {
            Due::Users(_) => self.send_users(now),
            Due::Clock(..) => self.keep_the_schedule(now),
        }
    }

    fn send_users(&mut self, now: Instant) {
        while let Due::Users(waiting) = &mut self.due
            && let Some(Reverse((due, slot))) = waiting.peek().copied()
            && due <= now
            && !*self.phase.stop.borrow()
        {
            waiting.pop();
            if due >= self.end {
                self.worker.idle.push_back(slot);
                continue;
            }
            self.send(slot, due, None);
        }
    }

    fn keep_the_schedule(&mut self, now: Instant) {
        while let Due::Clock(pace, due) = &mut self.due
            && let Some(arrival) = due.filter(|due| *due <= now)
            && !*self.phase.stop.borrow()
        {
            let waits = now < arrival + self.worker.timeout;
            let free = if waits { self.worker.free_slot(self.worker.most_slots, self.start) } else { None };
            if waits && free.is_none() {
                return; // Everybody is away, and this one is still worth waiting for.
            }
            *due = pace.next_due().map(|due| self.start + due);
            match free {
                Some(slot) => self.send(slot, arrival, Some(arrival)),
                None => self.stats.never_sent(now - arrival),
            }
        }
    }

    /// `since` is what the latency is counted from, if not from now.
    fn send(&mut self, slot: usize, due: Instant, since: Option<Instant>) {
        self.worker.seat(slot);
        let Worker { slots, users, network, timeout, .. } = &mut *self.worker;
        let asking = &mut slots[slot];
        let user = &users[asking.user];
        let now = Instant::now();
        let since = since.unwrap_or(now);
        self.stats.sent(now.saturating_duration_since(due.max(asking.free_since)));
        self.under_way += 1;
        match asking.ask(&self.phase.scenario, user, (since, now), network) {
            Ok(()) => self.deadlines.push_back((since + *timeout, slot, asking.begun)),
            Err(failure) => self.settle(slot, Err(failure), now),
        }
    }

    fn give_up_on_the_late(&mut self, now: Instant) {
        while let Some((deadline, slot, request)) = self.deadlines.front().copied() {
            let asking = &self.worker.slots[slot];
            let waits = asking.under_way.is_some() && asking.begun == request;
            if waits && deadline > now {
                return;
            }
            self.deadlines.pop_front();
            if waits {
                self.settle(slot, Err(Failure::TimedOut), now);
            }
        }
    }

    fn look(&mut self, Readiness { token, hung_up }: Readiness) {
        let (slot, replica) = whose(token);
        let Worker { slots, network, .. } = &mut *self.worker;
        if let Some(result) = slots[slot].look(replica, hung_up, network) {
            let now = Instant::now();
            match result {
                Ok((answer, at)) => self.settle(slot, Ok(answer), at.min(now)),
                Err(failure) => self.settle(slot, Err(failure), now),
            }
            self.send_what_is_due(now); // Before the next answer is looked at: who waits for nothing waits no longer.
        }
    }

    /// It ended at `at`, as far as the clocks agree: never before it was sent.
    fn settle(&mut self, slot: usize, result: Result<Response, Failure>, at: Instant) {
        let asking = &mut self.worker.slots[slot];
        let user = &self.worker.users[asking.user];
        let waits_since = asking.under_way.as_ref().map_or(at, |under_way| under_way.since);
        let in_time = at <= waits_since + self.worker.timeout;
        let result = result.and_then(|answer| if in_time { Ok(answer) } else { Err(Failure::TimedOut) });
        let Some((under_way, result)) = asking.settle(result, user, self.worker.lookups) else { return };
        let (since, at) = (under_way.since, at.max(under_way.sent));
        asking.free_since = at;
        self.under_way -= 1;
        self.stats.settle(result, at - since, at - under_way.sent);
        match (&mut self.due, &self.phase.arrivals) {
            (Due::Users(waiting), Arrivals::Closed { think, .. }) => {
                let nobody_there = matches!(result, Err(Failure::Refused | Failure::Unreachable | Failure::Ours));
                let least = if nobody_there { TRY_AGAIN } else { Duration::ZERO };
                let pause = think.pause(&mut asking.random).max(least);
                waiting.push(Reverse((at + pause, slot)));
            }
            _ => self.worker.idle.push_back(slot),
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
            Due::Clock(_, next) => next.map(|due| if due <= now { due + self.worker.timeout } else { due }),
        };
        let late = self.deadlines.front().map(|(deadline, ..)| *deadline);
        let end = (now < self.end).then_some(self.end);
        let wakes = [due, late, end].into_iter().flatten().min();
        wakes.map_or(now, |wake| wake.min(now + LONGEST_SLEEP))
    }
}
