//! Who is there on one thread, and who of them is free?

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::connection_slot::{Network, Window};
use crate::expected_work::Lookups;
use crate::pace::{Arrivals, Share};
use crate::popularity::Popularity;
use crate::scenario::Scenario;
use crate::users::Person;

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
    /// Open ones, so far.
    pub phases: u64,
    /// What is due within so long leaves together.
    pub batch_window: Duration,
    /// How long a window waits for an answer, counted from when the request was due.
    pub timeout: Duration,
    /// Everybody, also those who visit from other threads.
    pub people: Arc<[Mutex<Person>]>,
    pub popularity: Popularity,
    pub lookups: Lookups,
    pub windows: Vec<Window>,
    /// Those of them that are free, the one that has rested longest first.
    pub idle: VecDeque<usize>,
    /// An open loop may open more windows while a slow server keeps others waiting, up to so many.
    pub most_windows: usize,
    pub network: Network,
}

impl Lane {
    /// Each of this thread's people opens a window, as far as there may be so many.
    pub fn everybody_comes_in(&mut self) {
        let mine = self.share.part(self.people.len() as u32);
        for _ in 0..mine.min(self.most_windows) {
            let window = self.open_window(Instant::now());
            self.idle.push_back(window);
        }
    }

    /// A window that is free, or one more: arrivals do not wait for answers. None when all that there may be are away.
    pub fn free_window(&mut self, most: usize, now: Instant) -> Option<usize> {
        if self.windows.len() - self.idle.len() >= most {
            return None;
        }
        self.idle.pop_front().or_else(|| Some(self.open_window(now)))
    }

    fn open_window(&mut self, now: Instant) -> usize {
        let id = self.windows.len();
        // The people of this thread, one after the other, each in as many windows as the next.
        let mine = self.share.part(self.people.len() as u32);
        let person = ((id % mine) * self.share.of as usize + self.share.index as usize) % self.people.len();
        let replicas = self.network.replicas.addresses.len();
        self.windows.push(Window::new(id, person, person as u32 + 1, replicas, self.seed, now));
        id
    }

    /// Sits somebody down at a window whose last visit is over.
    pub fn seat(&mut self, window: usize) {
        let window = &mut self.windows[window];
        if window.is_between_visits()
            && let Some(person) = self.popularity.draw(&mut window.random)
        {
            window.person = person;
        }
    }
}
