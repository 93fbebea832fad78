//! How are sessions kept in the memory of one process?
//!
//! All workers share them. A restart logs everybody out, and another replica knows nobody: whoever balances must send a
//! client to the same one each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::id::Id;
use super::stored::{Outcome, Stored};

/// Parts that are locked apart, so that workers seldom wait for each other.
const SHARDS: usize = 64;

/// At most so often a part is searched for what has expired: memory is bounded by the
/// logins of the last idle time, and the renewals of the last minutes.
const SWEEP: Duration = Duration::from_secs(60);

/// How long a logout finds the successor of a session renewed meanwhile: longer than any request takes.
const RENEWED: Duration = Duration::from_secs(60);

#[derive(Clone, Default)]
pub(super) struct InMemory {
    shards: Arc<Vec<Mutex<Shard>>>,
}

#[derive(Default)]
struct Shard {
    users: HashMap<i64, Logins>,
    swept: Timestamp,
}

/// What is kept of one user: random parts of ids, and what they name.
#[derive(Default)]
struct Logins {
    sessions: HashMap<String, Until<Stored>>,
    renewed: HashMap<String, Until<String>>,
}

struct Until<T> {
    value: T,
    ends: Timestamp,
}

impl InMemory {
    pub(super) fn new() -> InMemory {
        InMemory { shards: Arc::new((0..SHARDS).map(|_| Mutex::default()).collect()) }
    }

    pub(super) fn read(&self, id: &Id) -> Option<Stored> {
        self.shard(id.user).users.get(&id.user)?.living(&id.random).cloned()
    }

    pub(super) fn begin(&self, id: &Id, stored: &Stored, ends: Timestamp) {
        let mut shard = self.shard(id.user);
        shard.sweep(Timestamp::now());
        shard.users.entry(id.user).or_default().keep(id, stored, ends);
    }

    /// Compares the version, then sets: an ended session stays ended, and of two writes to one version the first is kept.
    /// The same write again is kept too.
    pub(super) fn write(&self, (from, read): (&Id, u64), to: &Id, stored: &Stored, ends: Timestamp) -> Outcome {
        let mut shard = self.shard(from.user);
        shard.sweep(Timestamp::now());
        let Some(logins) = shard.users.get_mut(&from.user) else { return Outcome::Ended };
        let Some(before) = logins.living(&from.random) else {
            return match logins.renewed.get(&from.random).filter(|pointer| pointer.lives()) {
                Some(pointer) if pointer.value == to.random => Outcome::Kept,
                Some(_) => Outcome::Conflict,
                None => Outcome::Ended,
            };
        };
        if before == stored {
            return Outcome::Kept;
        }
        if before.stamp.version != read {
            return Outcome::Conflict;
        }
        logins.keep(to, stored, ends);
        if to != from {
            logins.sessions.remove(&from.random);
            let pointer = Until { value: to.random.clone(), ends: Timestamp::now() + RENEWED };
            logins.renewed.insert(from.random.clone(), pointer);
        }
        Outcome::Kept
    }

    /// Ends sessions, and those that took their place while the request was on its way.
    pub(super) fn end(&self, user: i64, ids: &[Id]) {
        let mut shard = self.shard(user);
        let Some(logins) = shard.users.get_mut(&user) else { return };
        for id in ids {
            let mut random = Some(id.random.clone());
            while let Some(ended) = random {
                logins.sessions.remove(&ended);
                random = logins.renewed.remove(&ended).map(|pointer| pointer.value);
            }
        }
        if logins.sessions.is_empty() && logins.renewed.is_empty() {
            shard.users.remove(&user);
        }
    }

    pub(super) fn list(&self, user: i64) -> Vec<(Id, Stored)> {
        let shard = self.shard(user);
        let sessions = shard.users.get(&user).into_iter().flat_map(|logins| &logins.sessions);
        let living = sessions.filter(|(_, session)| session.lives());
        living.map(|(random, session)| (Id { user, random: random.clone() }, session.value.clone())).collect()
    }

    fn shard(&self, user: i64) -> MutexGuard<'_, Shard> {
        let shard = &self.shards[user.rem_euclid(SHARDS as i64) as usize];
        // Nothing in here stops half-way: what a panic left behind is whole.
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn sweep(&mut self, now: Timestamp) {
        if now < self.swept + SWEEP {
            return;
        }
        self.swept = now;
        self.users.retain(|_, logins| {
            logins.sessions.retain(|_, session| session.ends > now);
            logins.renewed.retain(|_, pointer| pointer.ends > now);
            !logins.sessions.is_empty() || !logins.renewed.is_empty()
        });
        self.users.shrink_to(2 * self.users.len());
    }
}

impl Logins {
    fn living(&self, random: &str) -> Option<&Stored> {
        self.sessions.get(random).filter(|session| session.lives()).map(|session| &session.value)
    }

    fn keep(&mut self, id: &Id, stored: &Stored, ends: Timestamp) {
        self.sessions.insert(id.random.clone(), Until { value: stored.clone(), ends });
    }
}

impl<T> Until<T> {
    fn lives(&self) -> bool {
        self.ends > Timestamp::now()
    }
}

#[cfg(test)]
mod tests {
    use shared::api::account::User;

    use super::*;
    use crate::store::stored::{Login, Stamp, State};

    #[test]
    fn what_has_expired_is_neither_read_nor_listed_nor_written_and_is_swept_away() {
        let (memory, now) = (InMemory::new(), Timestamp::now());
        let user = User { id: 7, username: "jane".into(), roles: Vec::new() };
        let stored = Stored { stamp: Stamp::fresh(), state: State::from([Login::fresh(user, None).entry()]) };
        let begin = |ends: Timestamp| {
            let id = Id::fresh(7);
            memory.begin(&id, &stored, ends);
            id
        };
        let (expired, living) = (begin(now - SWEEP), begin(now + SWEEP * 2));
        assert!(memory.read(&expired).is_none() && memory.read(&living).is_some());
        assert_eq!(memory.list(7), [(living.clone(), stored.clone())]);
        assert_eq!(memory.write((&expired, 1), &expired, &stored, now + SWEEP), Outcome::Ended);

        let held = || memory.shard(7).users.values().map(|logins| logins.sessions.len()).sum::<usize>();
        assert_eq!(held(), 2, "swept once a minute at most");
        memory.shard(7).swept = now - SWEEP;
        let fresh = begin(now + SWEEP * 2);
        assert_eq!(held(), 2, "swept by the login after that");
        memory.end(7, &[living, fresh]);
        assert!(memory.shard(7).users.is_empty());
        begin(now - SWEEP);
        memory.shard(7).sweep(now + SWEEP * 2);
        assert!(memory.shard(7).users.is_empty());
    }

    #[test]
    fn clones_share_the_sessions() {
        let (memory, user) = (InMemory::new(), User { id: -7, username: "jane".into(), roles: Vec::new() });
        let stored = Stored { stamp: Stamp::fresh(), state: State::from([Login::fresh(user, None).entry()]) };
        memory.clone().begin(&Id::fresh(-7), &stored, Timestamp::now() + SWEEP);
        assert_eq!(memory.list(-7).len(), 1);
    }
}
