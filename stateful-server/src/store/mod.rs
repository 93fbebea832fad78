//! Session store: where do sessions live, and when do they end?
//!
//! In Redis, in the database or in this process, through actix-session's middleware: it asks `load` before a request, and
//! afterwards `save`, `update` or `delete` when the request changed the session. Nothing here brings an ended session back, or
//! loses a change silently.
//!
//! The id is the key as it stands: a leaked copy of the store logs nobody in, since a cookie is encrypted with the cookie key too.

mod backend;
mod id;
mod in_memory;
mod in_redis;
mod in_sql;
mod logins;
pub(crate) mod near;
mod stored;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use actix_session::Session;
use actix_session::storage::{LoadError, SaveError, SessionKey, UpdateError};
use actix_web::cookie::time;
use jiff::Timestamp;
use server::backend::Caller;
use server::context;
use server::error::Refused;
use server::store::Store;
use shared::api::account::User;
use shared::api::problem::Code;

use backend::Backend;
pub(crate) use backend::Place;
use id::Id;
use in_memory::InMemory;
use in_redis::InRedis;
use in_sql::InSql;
use stored::{BEGUN, LOGIN, Login, Outcome, RENEW, STAMP, Stamp, State, Stored};

/// When a session ends: after `idle` without a request (OWASP ASVS 5.0, 7.3.1), and `absolute` after its login whatever
/// happens.
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
    Unavailable(#[from] Refused),
    /// Log in again.
    #[error("the session has ended")]
    Ended,
    /// Read again, then repeat the change.
    #[error("somebody else changed the session")]
    Conflict,
}

/// Sessions, and the rules they live by. Clones share a connection.
#[derive(Clone)]
pub(crate) struct SessionStore {
    backend: Arc<Backend>,
    limits: Limits,
}

impl SessionStore {
    /// Never waits for Redis: whether it answers stands in the log, and is asked by [`SessionStore::ready`]. Call it
    /// inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--redis-url` when that is no Redis URL.
    pub(crate) fn in_redis(url: &str, limits: Limits) -> anyhow::Result<SessionStore> {
        Ok(SessionStore { backend: Backend::Redis(InRedis::open(url)?.into()).into(), limits })
    }

    /// As [`SessionStore::in_redis`], with a cache in front of it that Redis keeps true.
    ///
    /// # Errors
    /// As there; and a sentence that names `--near-cache` in front of a cluster, where it cannot be had.
    pub(crate) fn near_redis(url: &str, limits: Limits) -> anyhow::Result<SessionStore> {
        Ok(SessionStore { backend: Backend::Redis(InRedis::open_near(url)?.into()).into(), limits })
    }

    pub(crate) fn in_memory(limits: Limits) -> SessionStore {
        SessionStore { backend: Backend::Memory(InMemory::new()).into(), limits }
    }

    pub(crate) fn in_sql(store: &Store, limits: Limits) -> SessionStore {
        SessionStore { backend: Backend::Sql(InSql::new(store)).into(), limits }
    }

    /// The same sessions, in Redis over a connection of its own that is served by the thread which uses it first: once a worker,
    /// never once a request.
    pub(crate) fn reconnected(&self) -> SessionStore {
        SessionStore { backend: Backend::clone(&self.backend).into(), limits: self.limits }
    }

    /// # Errors
    /// [`StoreError::Unavailable`], as for every call: after 250 ms at most where Redis is asked.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        Ok(self.backend.ready().await?)
    }

    /// Whose session this is, until when if no further request comes. None for a session of nobody.
    pub(crate) fn caller(&self, session: &Session) -> Option<Caller> {
        stored::caller(&session.entries(), &self.limits)
    }

    /// Begins a session, and gives it to the request in place of the one it came with. It is kept at once and not on the
    /// way out: who takes a role away in this moment must find it.
    pub(crate) async fn log_in(
        &self,
        session: &Session,
        user: User,
        user_agent: Option<String>,
    ) -> Result<(), StoreError> {
        let login = Login::fresh(user, user_agent);
        let (id, stamp) = self.begin(&login).await?;
        session.clear(); // Else whoever knew the old id would be logged in too (session fixation).
        session.insert(LOGIN, login).expect("strings and integers are JSON");
        session.insert(STAMP, stamp).expect("integers are JSON");
        session.insert(BEGUN, id.to_string()).expect("a string is JSON");
        Ok(())
    }

    async fn begin(&self, login: &Login) -> Result<(Id, Stamp), StoreError> {
        let (id, stamp) = (Id::fresh(login.user.id), Stamp::fresh());
        let stored = Stored { stamp, state: State::from([login.entry()]) };
        self.backend.begin(&id, &stored, stamp.end(&self.limits)).await?;
        Ok((id, stamp))
    }

    async fn find(&self, key: &SessionKey) -> Result<Option<State>, StoreError> {
        let Some(id) = Id::parse(key.as_ref()) else { return Ok(None) };
        let Some(mut stored) = self.backend.read(&id).await? else { return Ok(None) };
        let now = Timestamp::now();
        if stored.stamp.end(&self.limits) <= now {
            return Ok(None);
        }
        if stored.stamp.slide_is_due(&self.limits, now) {
            stored.stamp = stored.stamp.seen_now();
            match self.put((&id, stored.stamp.version), &id, &stored).await {
                Err(StoreError::Ended) => return Ok(None),
                // Whoever wrote meanwhile slid the limit too; and a read that was answered stays answered.
                Ok(()) | Err(StoreError::Conflict | StoreError::Unavailable(_)) => {}
            }
        }
        Ok(Some(stored.into_state()))
    }

    /// What a request leaves behind that came with no session: only a login begins one.
    async fn keep(&self, mut state: State) -> Result<SessionKey, StoreError> {
        let begun = state.remove(BEGUN).and_then(|text| serde_json::from_str::<String>(&text).ok());
        let (Some(id), Some(stamp)) = (begun.and_then(|id| Id::parse(&id)), Stamp::take(&mut state)) else {
            // `Session::renew` deletes, then saves: saving would undo a logout that came between the two.
            tracing::error!("a session was begun or renewed past `SessionStore::log_in` and `store::renew`");
            return Err(StoreError::Ended);
        };
        if state.keys().any(|entry| entry != LOGIN) {
            let read = stamp.version;
            self.put((&id, read), &id, &Stored { stamp: stamp.next(), state }).await?;
        }
        Ok(id.key())
    }

    async fn change(&self, key: SessionKey, mut state: State) -> Result<SessionKey, StoreError> {
        if state.contains_key(BEGUN) {
            // Nothing of the old session reaches the new one, and the old one ends (OWASP ASVS 5.0, 7.2.4).
            self.end(&key).await?;
            return self.keep(state).await;
        }
        let is_renewed = state.remove(RENEW).is_some();
        let (Some(id), Some(stamp)) = (Id::parse(key.as_ref()), Stamp::take(&mut state)) else {
            self.end(&key).await?; // Cleared: it is nobody's any more.
            return Err(StoreError::Ended);
        };
        let to = if is_renewed { Id::fresh(id.user) } else { id };
        let read = stamp.version;
        self.put((&id, read), &to, &Stored { stamp: stamp.next(), state }).await?;
        Ok(to.key())
    }

    /// Writes over version `read` of session `from`, under the id `to`, in one step: all of it or nothing.
    async fn put(&self, (from, read): (&Id, u64), to: &Id, stored: &Stored) -> Result<(), StoreError> {
        let ends = stored.stamp.end(&self.limits);
        if ends <= Timestamp::now() {
            return Err(StoreError::Ended);
        }
        match self.backend.write((from, read), to, stored, ends).await? {
            Outcome::Kept => Ok(()),
            Outcome::Conflict => Err(StoreError::Conflict),
            Outcome::Ended => Err(StoreError::Ended),
        }
    }

    /// Ends this session and whatever a renewal has put in its place.
    pub(crate) async fn end(&self, key: &SessionKey) -> Result<(), StoreError> {
        match Id::parse(key.as_ref()) {
            Some(id) => Ok(self.backend.end(id.user, std::slice::from_ref(&id)).await?),
            None => Ok(()),
        }
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
        self.keep(state).await.map_err(|error| SaveError::Other(noted(error)))
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
    context::note(refused.code, refused.detail);
    error.into()
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        match error {
            StoreError::Unavailable(refused) => refused,
            StoreError::Ended => Refused::because(Code::CredentialRejected),
            StoreError::Conflict => Refused::because(Code::SessionConflict),
        }
    }
}
