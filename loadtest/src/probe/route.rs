//! Client-side route: which replica is asked?
//!
//! What a simple balancer inside a client does: a replica that refused, or broke off, is left alone for a while.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use report::recording::Way;

/// After that one request tries it again.
const LEFT_ALONE: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub struct Route {
    pub way: Way,
    replicas: Vec<SocketAddr>,
    left_alone: BTreeMap<SocketAddr, Instant>,
    /// Who has which, where clients stick to one.
    stuck: BTreeMap<u32, SocketAddr>,
    turn: usize,
    random: fastrand::Rng,
}

impl Route {
    pub fn over(way: Way, replicas: Vec<SocketAddr>, seed: u64) -> Route {
        let random = fastrand::Rng::with_seed(seed);
        Route { way, replicas, left_alone: BTreeMap::new(), stuck: BTreeMap::new(), turn: 0, random }
    }

    /// None: all of them were tried.
    pub fn next(&mut self, client: u32, tried: &[SocketAddr]) -> Option<SocketAddr> {
        let now = Instant::now();
        let own = self.stuck.get(&client).filter(|own| !tried.contains(own) && !self.is_left_alone(**own, now));
        if let Some(own) = own {
            return Some(*own);
        }
        let count = self.replicas.len().max(1);
        let start = match self.way {
            Way::Random => self.random.usize(..count),
            Way::Sticky if !self.stuck.contains_key(&client) => client as usize % count,
            _ => self.turn,
        };
        self.turn = (start + 1) % count;
        let left = (0..self.replicas.len()).map(|step| self.replicas[(start + step) % count]);
        let left: Vec<_> = left.filter(|replica| !tried.contains(replica)).collect();
        let chosen = left.iter().find(|replica| !self.is_left_alone(**replica, now)).or(left.first()).copied()?;
        if self.way == Way::Sticky {
            self.stuck.insert(client, chosen);
        }
        Some(chosen)
    }

    /// Whether there is one that was not tried; nobody's turn passes by that.
    pub fn has_another(&self, tried: &[SocketAddr]) -> bool {
        self.replicas.iter().any(|replica| !tried.contains(replica))
    }

    fn is_left_alone(&self, replica: SocketAddr, now: Instant) -> bool {
        self.left_alone.get(&replica).is_some_and(|until| now < *until)
    }

    /// It did not answer.
    pub fn avoid(&mut self, replica: SocketAddr) {
        self.left_alone.insert(replica, Instant::now() + LEFT_ALONE);
    }

    /// One more that may be asked.
    pub fn add(&mut self, replica: SocketAddr) {
        self.replicas.push(replica);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicas() -> Vec<SocketAddr> {
        [1, 2, 3].map(|port| SocketAddr::from(([127, 0, 0, 1], port))).to_vec()
    }

    #[test]
    fn they_take_turns_but_for_one_that_did_not_answer() {
        let all = replicas();
        let mut route = Route::over(Way::RoundRobin, all.clone(), 42);
        let turns: Vec<_> = (0..3).filter_map(|_| route.next(1, &[])).collect();
        assert_eq!(turns, all);
        route.avoid(all[0]);
        assert!((0..6).all(|_| route.next(1, &[]) != Some(all[0])));
        assert_eq!(route.next(1, &all[1..]), Some(all[0]), "better than nobody");
        assert_eq!(route.next(1, &all), None);
        assert!(route.has_another(&all[1..]) && !route.has_another(&all));
    }

    #[test]
    fn who_sticks_moves_once_and_stays_there() {
        let all = replicas();
        let mut route = Route::over(Way::Sticky, all.clone(), 42);
        let first = route.next(1, &[]).unwrap();
        assert_eq!(route.next(1, &[]), Some(first));
        let second = route.next(1, &[first]).unwrap();
        assert_ne!(second, first);
        assert!((0..6).all(|_| route.next(1, &[]) == Some(second)));
    }
}
