//! Where do sessions live, and when do they end?
//!
//! In Redis, through actix-session's middleware: it asks `load` before a request, and afterwards `save`, `update` or
//! `delete` when the request changed the session. Nothing here brings an ended session back, or loses a change silently.
//!
//! The id is the key as it stands: a leaked copy of Redis logs nobody in, since a cookie is sealed with the cookie key too.

#[cfg_attr(not(test), expect(dead_code, reason = "the store is yet to ask it"))]
mod near;
mod stored;
#[cfg(test)]
mod tests;

use std::time::Duration;

use actix_session::Session;
use actix_session::storage::{LoadError, SaveError, SessionKey, UpdateError, generate_session_key};
use actix_web::cookie::time;
use jiff::Timestamp;
use shared::api::problem::Code;
use shared::server::error::Refused;
use shared::server::link::{Link, Silent};
use shared::server::telemetry;

use stored::{Outcome, RENEW, Stamp, State, Stored};

/// When a session ends: after `idle` without a request, and `absolute` after its login whatever happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) idle: Duration,
    /// Kept through renewals: OWASP ASVS 5.0, 7.3.2, wants a new login at its end, and a renewal is none.
    pub(crate) absolute: Duration,
}

/// What a session could not be read or written for; each asks the caller for something else.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum StoreError {
    /// Try again soon.
    #[error(transparent)]
    Unavailable(#[from] Silent),
    /// Log in again.
    #[error("the session has ended")]
    Ended,
    /// Read again, then repeat the change.
    #[error("somebody else changed the session")]
    Conflict,
}

/// Sessions in Redis. Each clone keeps a connection of its own, served by the thread that uses it first: clone it once a
/// worker, never once a request.
#[derive(Clone)]
pub(crate) struct SessionStore {
    link: Link,
    limits: Limits,
}

impl SessionStore {
    /// Never waits for Redis: whether it answers stands in the log, and is asked by [`SessionStore::ready`]. Call it
    /// inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--redis-url` when that is no Redis URL.
    pub(crate) fn open(url: &str, limits: Limits) -> anyhow::Result<SessionStore> {
        Ok(SessionStore { link: Link::open(url)?, limits })
    }

    /// # Errors
    /// [`StoreError::Unavailable`], after 250 ms at most, as for every call.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        Ok(self.link.ask(&redis::cmd("PING")).await?)
    }

    /// When this session ends if no further request comes; for a session yet to be saved, as if it were saved now.
    pub(crate) fn expires_at(&self, session: &Session) -> Timestamp {
        let entries = session.entries();
        let stamp = Stamp::among(&entries).unwrap_or_else(Stamp::fresh);
        let stamp = if entries.contains_key(RENEW) { stamp.seen_now() } else { stamp };
        stamp.end(&self.limits)
    }

    async fn find(&self, key: &SessionKey) -> Result<Option<State>, StoreError> {
        let id = key.as_ref();
        let bytes: Option<Vec<u8>> = self.link.ask(&stored::get(id)).await?;
        let Some(mut stored) = bytes.and_then(|bytes| Stored::parse(&bytes)) else { return Ok(None) };
        let now = Timestamp::now();
        if stored.stamp.end(&self.limits) <= now {
            return Ok(None);
        }
        if stored.stamp.slide_is_due(&self.limits, now) {
            stored.stamp = stored.stamp.seen_now();
            match self.put(id, id, stored.stamp.version, &stored).await {
                Err(StoreError::Ended) => return Ok(None),
                // Whoever wrote meanwhile slid the limit too; and a read that was answered stays answered.
                Ok(()) | Err(StoreError::Conflict | StoreError::Unavailable(_)) => {}
            }
        }
        Ok(Some(stored.into_state()))
    }

    async fn begin(&self, mut state: State) -> Result<SessionKey, StoreError> {
        if Stamp::among(&state).is_some() {
            // `Session::renew` deletes, then saves: saving would undo a logout that came between the two.
            tracing::error!("a session was renewed by `Session::renew` without `clear`: use `store::renew`");
            return Err(StoreError::Ended);
        }
        state.remove(RENEW);
        let key = generate_session_key();
        let stored = Stored { stamp: Stamp::fresh(), state };
        self.link.ask::<()>(&stored::set(key.as_ref(), &stored, &self.limits)).await?;
        Ok(key)
    }

    async fn change(&self, key: SessionKey, mut state: State) -> Result<SessionKey, StoreError> {
        let renewed = state.remove(RENEW).map(|_| generate_session_key());
        let Some(read) = Stamp::take(&mut state) else {
            // Cleared: nothing of the old session may reach the new one, its id least of all.
            self.end(&key).await?;
            return self.begin(state).await;
        };
        let stored = Stored { stamp: read.next(), state };
        let to = renewed.as_ref().unwrap_or(&key);
        self.put(key.as_ref(), to.as_ref(), read.version, &stored).await?;
        Ok(renewed.unwrap_or(key))
    }

    /// Writes over version `read` of session `from`, under the id `to`, in one step: all of it or nothing.
    async fn put(&self, from: &str, to: &str, read: u64, stored: &Stored) -> Result<(), StoreError> {
        if stored.stamp.end(&self.limits) <= Timestamp::now() {
            return Err(StoreError::Ended);
        }
        let answer: String = self.link.ask(&stored::write(from, to, read, stored, &self.limits)).await?;
        match Outcome::of(&answer) {
            Outcome::Kept => Ok(()),
            Outcome::Conflict => Err(StoreError::Conflict),
            Outcome::Ended => Err(StoreError::Ended),
        }
    }

    /// Ends this session and whatever a renewal has put in its place.
    pub(crate) async fn end(&self, key: &SessionKey) -> Result<(), StoreError> {
        Ok(self.link.ask(&stored::end(key.as_ref())).await?)
    }
}

/// Gives the session a new id when the request is done, and ends the old one in the same step; what it holds stays.
pub(crate) fn renew(session: &Session) {
    session.insert(RENEW, ()).expect("null is JSON");
}

// The lifetime that the middleware passes is not used: `Limits` decide.
impl actix_session::storage::SessionStore for SessionStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        self.find(key).await.map_err(|error| LoadError::Other(noted(error)))
    }

    async fn save(&self, state: State, _: &time::Duration) -> Result<SessionKey, SaveError> {
        self.begin(state).await.map_err(|error| SaveError::Other(noted(error)))
    }

    async fn update(&self, key: SessionKey, state: State, _: &time::Duration) -> Result<SessionKey, UpdateError> {
        self.change(key, state).await.map_err(|error| UpdateError::Other(noted(error)))
    }

    /// `load` has done it.
    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.end(key).await.map_err(noted)
    }
}

/// Leaves the reason for the outermost middleware: actix-session answers every error of its store with an empty 500.
fn noted(error: StoreError) -> anyhow::Error {
    let refused = Refused::from(error.clone());
    telemetry::note(refused.code, refused.detail);
    error.into()
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        match error {
            StoreError::Unavailable(cause) => Refused::store_unavailable("sessions", cause),
            StoreError::Ended => Refused::because(Code::CredentialRejected),
            StoreError::Conflict => Refused::because(Code::SessionConflict),
        }
    }
}
