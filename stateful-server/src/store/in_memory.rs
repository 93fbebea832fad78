//! Sessions in memory: how does one process keep them?
//!
//! All workers share them. A restart logs everybody out, and another replica knows nobody: whoever balances must send a
//! client to the same one each time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::id::Id;
use super::stored::{Outcome, RENEWED, Stored};

/// Parts that are locked apart, so that workers seldom wait for each other.
const SHARDS: usize = 64;

/// At most so often a part is searched for what has expired: memory is bounded by the logins of the last idle time, and the
/// renewals of the last minutes.
const SWEEP: Duration = Duration::from_secs(60);

#[derive(Clone, Default)]
pub(super) struct InMemory {
    shards: Arc<Vec<Mutex<Shard>>>,
}

/// Trees, because they hold little beside what is put in: a login is to cost what must be kept of it, and not much more.
/// The sessions of one user stand beside each other.
#[derive(Default)]
struct Shard {
    sessions: BTreeMap<Id, Until<Box<str>>>,
    /// Names for a minute the session that took this one's place.
    renewed: BTreeMap<Id, Until<Id>>,
    swept: Timestamp,
}

struct Until<T> {
    value: T,
    ends_ms: i64,
}

impl InMemory {
    pub(super) fn new() -> InMemory {
        InMemory { shards: Arc::new((0..SHARDS).map(|_| Mutex::default()).collect()) }
    }

    pub(super) fn read(&self, id: &Id) -> Option<Stored> {
        self.shard(id.user).living(id).and_then(parse)
    }

    pub(super) fn begin(&self, id: &Id, stored: &Stored, ends: Timestamp) {
        let mut shard = self.shard(id.user);
        shard.sweep(Timestamp::now());
        shard.sessions.insert(*id, Until::new(stored.text().into(), ends));
    }

    /// Compares the version, then sets: an ended session stays ended, and of two writes to one version the first is kept.
    /// The same write again is kept too.
    pub(super) fn write(&self, (from, read): (&Id, u64), to: &Id, stored: &Stored, ends: Timestamp) -> Outcome {
        let mut shard = self.shard(from.user);
        shard.sweep(Timestamp::now());
        let Some(before) = shard.living(from) else {
            return match shard.renewed.get(from).filter(|pointer| pointer.lives()) {
                Some(pointer) if pointer.value == *to => Outcome::Kept,
                Some(_) => Outcome::Conflict,
                None => Outcome::Ended,
            };
        };
        let text = stored.text();
        if *before == text {
            return Outcome::Kept;
        }
        if parse(before).is_none_or(|before| before.stamp.version != read) {
            return Outcome::Conflict;
        }
        shard.sessions.insert(*to, Until::new(text.into(), ends));
        if to != from {
            shard.sessions.remove(from);
            shard.renewed.insert(*from, Until::new(*to, Timestamp::now() + RENEWED));
        }
        Outcome::Kept
    }

    /// Ends sessions, and those that took their place while the request was on its way.
    pub(super) fn end(&self, user: i64, ids: &[Id]) {
        let mut shard = self.shard(user);
        for id in ids {
            let mut id = Some(*id);
            while let Some(ended) = id {
                shard.sessions.remove(&ended);
                id = shard.renewed.remove(&ended).map(|pointer| pointer.value);
            }
        }
    }

    pub(super) fn list(&self, user: i64) -> Vec<(Id, Stored)> {
        let shard = self.shard(user);
        let living = shard.sessions.range(Id::all_of(user)).filter(|(_, session)| session.lives());
        living.filter_map(|(id, session)| Some((*id, parse(&session.value)?))).collect()
    }

    fn shard(&self, user: i64) -> MutexGuard<'_, Shard> {
        let shard = &self.shards[user.rem_euclid(SHARDS as i64) as usize];
        // Nothing in here stops half-way: what a panic left behind is whole.
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn living(&self, id: &Id) -> Option<&str> {
        self.sessions.get(id).filter(|session| session.lives()).map(|session| &*session.value)
    }

    fn sweep(&mut self, now: Timestamp) {
        if now < self.swept + SWEEP {
            return;
        }
        self.swept = now;
        self.sessions.retain(|_, session| session.ends_ms > now.as_millisecond());
        self.renewed.retain(|_, pointer| pointer.ends_ms > now.as_millisecond());
    }
}

impl<T> Until<T> {
    fn new(value: T, ends: Timestamp) -> Until<T> {
        Until { value, ends_ms: ends.as_millisecond() }
    }

    fn lives(&self) -> bool {
        self.ends_ms > Timestamp::now().as_millisecond()
    }
}

fn parse(text: &str) -> Option<Stored> {
    Stored::parse(text.as_bytes())
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
        assert_eq!(memory.list(7), [(living, stored.clone())]);
        assert_eq!(memory.write((&expired, 1), &expired, &stored, now + SWEEP), Outcome::Ended);

        let held = || memory.shard(7).sessions.len();
        assert_eq!(held(), 2, "swept once a minute at most");
        memory.shard(7).swept = now - SWEEP;
        let fresh = begin(now + SWEEP * 2);
        assert_eq!(held(), 2, "swept by the login after that");
        memory.end(7, &[living, fresh]);
        assert_eq!(held(), 0);
        begin(now - SWEEP);
        memory.shard(7).sweep(now + SWEEP * 2);
        assert_eq!(held(), 0);
    }

    #[test]
    fn clones_share_the_sessions() {
        let (memory, user) = (InMemory::new(), User { id: -7, username: "jane".into(), roles: Vec::new() });
        let stored = Stored { stamp: Stamp::fresh(), state: State::from([Login::fresh(user, None).entry()]) };
        memory.clone().begin(&Id::fresh(-7), &stored, Timestamp::now() + SWEEP);
        assert_eq!(memory.list(-7).len(), 1);
    }
}
