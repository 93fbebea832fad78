//! Worker thread: who is there on it, and who of them is free?

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::connection_slot::{Network, Slot};
use crate::expected_work::Lookups;
use crate::pace::{Arrivals, Share};
use crate::popularity::Popularity;
use crate::scenario::Scenario;
use crate::users::User;

/// A stretch of load.
#[derive(Debug, Clone)]
pub struct Phase {
    pub arrivals: Arrivals,
    pub duration: Duration,
    pub scenario: Scenario,
    /// Turns true when the phase shall end at once; what is then under way is counted as in flight.
    pub stop: watch::Receiver<bool>,
}

pub struct Worker {
    pub share: Share,
    pub seed: u64,
    /// Open ones, so far.
    pub phases: u64,
    /// What is due within so long leaves together.
    pub batch_window: Duration,
    /// How long a slot waits for an answer, counted from when the request was due.
    pub timeout: Duration,
    /// Everybody, also those who visit from other threads.
    pub users: Arc<[Mutex<User>]>,
    pub popularity: Popularity,
    pub lookups: Lookups,
    pub slots: Vec<Slot>,
    /// Those of them that are free, the one that has rested longest first.
    pub idle: VecDeque<usize>,
    /// An open loop may open more slots while a slow server keeps others waiting, up to so many.
    pub most_slots: usize,
    pub network: Network,
}

impl Worker {
    /// Each of this thread's users opens a slot, as far as there may be so many.
    pub fn everybody_comes_in(&mut self) {
        let mine = self.share.part(self.users.len() as u32);
        for _ in 0..mine.min(self.most_slots) {
            let slot = self.open_slot(Instant::now());
            self.idle.push_back(slot);
        }
    }

    /// A slot that is free, or one more: arrivals do not wait for answers. None when all that there may be are away.
    pub fn free_slot(&mut self, most: usize, now: Instant) -> Option<usize> {
        if self.slots.len() - self.idle.len() >= most {
            return None;
        }
        self.idle.pop_front().or_else(|| Some(self.open_slot(now)))
    }

    fn open_slot(&mut self, now: Instant) -> usize {
        let id = self.slots.len();
        // The users of this thread, one after the other, each in as many slots as the next.
        let mine = self.share.part(self.users.len() as u32);
        let user = ((id % mine) * self.share.of as usize + self.share.index as usize) % self.users.len();
        let replicas = self.network.replicas.addresses.len();
        self.slots.push(Slot::new(id, user, user as u32 + 1, replicas, self.seed, now));
        id
    }

    /// Sits somebody down at a slot whose last visit is over.
    pub fn seat(&mut self, slot: usize) {
        let slot = &mut self.slots[slot];
        if slot.is_between_visits()
            && let Some(user) = self.popularity.draw(&mut slot.random)
        {
            slot.user = user;
        }
    }
}
