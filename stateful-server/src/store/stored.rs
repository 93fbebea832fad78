//! What is kept of a session?
//!
//! `{"stamp":{"version":7,"created":…,"seen":…},"state":{"_login":"…",…}}`, wherever it is kept. What stands in the state is
//! JSON as text, so that a request reads no more of it than it asks for.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use serde::{Deserialize, Serialize, Serializer};
use shared::api::account::User;
use shared::api::credential::OpenLogin;
use shared::server::memory::Caller;

use super::Limits;
use super::id;

/// What the middleware hands over: names to values in JSON.
pub(super) type State = HashMap<String, String>;

/// Entries of the state that only the store reads: the middleware has no other way from `load` to `update`.
pub(super) const LOGIN: &str = "_login";
pub(super) const STAMP: &str = "_stamp";
pub(super) const RENEW: &str = "_renew";
pub(super) const BEGUN: &str = "_begun";

/// A session in use is written once in this time, to slide its idle limit; short limits slide more often.
const SLIDE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// Stays first: the script that writes looks for the version at the beginning.
    pub(super) stamp: Stamp,
    #[serde(serialize_with = "in_order")]
    pub(super) state: State,
}

/// How often a session was written, and when. Times are whole seconds of the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) version: u64,
    #[serde(with = "second::required")]
    pub(super) created: Timestamp,
    #[serde(with = "second::required")]
    pub(super) seen: Timestamp,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Login {
    /// [`OpenLogin::id`]: stays when the session's own id is renewed.
    pub(super) id: String,
    pub(super) user: User,
    pub(super) user_agent: Option<String>,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Kept,
    Conflict,
    Ended,
}

impl Stored {
    /// A value that nobody here has written is as good as none, and worth a line in the log.
    pub(super) fn parse(bytes: &[u8]) -> Option<Stored> {
        let stored: Option<Stored> = serde_json::from_slice(bytes)
            .inspect_err(|error| tracing::warn!(%error, "a stored session cannot be read: taken as ended"))
            .ok();
        stored.filter(|stored| stored.state.contains_key(LOGIN)) // One of the version before has none.
    }

    pub(super) fn json(&self) -> String {
        json(self)
    }

    /// The state, with the stamp among its entries.
    pub(super) fn into_state(self) -> State {
        let mut state = self.state;
        state.insert(STAMP.into(), json(&self.stamp));
        state
    }

    pub(super) fn login(&self) -> Option<Login> {
        Login::among(&self.state)
    }

    /// The same session of a user with other roles. Nobody came by for that: it is not seen, and lives no longer.
    pub(super) fn reassigned(mut self, login: Login, user: &User) -> Stored {
        self.stamp.version += 1;
        self.state.extend([Login { user: user.clone(), ..login }.entry()]);
        self
    }
}

impl Login {
    pub(super) fn fresh(user: User, user_agent: Option<String>) -> Login {
        Login { id: id::public(), user, user_agent }
    }

    pub(super) fn among(state: &State) -> Option<Login> {
        state.get(LOGIN).and_then(|text| serde_json::from_str(text).ok())
    }

    pub(super) fn entry(&self) -> (String, String) {
        (LOGIN.into(), json(self))
    }

    /// As it stands in the list that `caller` asked for.
    pub(super) fn shown_to(self, caller: &Caller, stamp: Stamp, limits: &Limits) -> OpenLogin {
        OpenLogin {
            current: self.id == caller.login,
            id: self.id,
            created_at: stamp.created.to_string(),
            last_seen_at: stamp.seen.to_string(),
            expires_at: stamp.end(limits).to_string(),
            user_agent: self.user_agent,
        }
    }
}

/// Who brought this state, and when their session ends if no further request comes.
pub(super) fn caller(state: &State, limits: &Limits) -> Option<Caller> {
    let (login, stamp) = (Login::among(state)?, Stamp::among(state)?);
    let stamp = if state.contains_key(RENEW) { stamp.seen_now() } else { stamp };
    Some(Caller { user: login.user, login: login.id, expires_at: stamp.end(limits) })
}

impl Stamp {
    pub(super) fn fresh() -> Stamp {
        let now = this_second();
        Stamp { version: 1, created: now, seen: now }
    }

    fn among(state: &State) -> Option<Stamp> {
        state.get(STAMP).and_then(|text| serde_json::from_str(text).ok())
    }

    pub(super) fn take(state: &mut State) -> Option<Stamp> {
        let stamp = Stamp::among(state);
        state.remove(STAMP);
        stamp
    }

    pub(super) fn next(self) -> Stamp {
        Stamp { version: self.version + 1, ..self.seen_now() }
    }

    pub(super) fn seen_now(self) -> Stamp {
        Stamp { seen: this_second(), ..self }
    }

    /// The nearer of the two limits.
    pub(super) fn end(&self, limits: &Limits) -> Timestamp {
        after(self.seen, limits.idle).min(after(self.created, limits.absolute))
    }

    pub(super) fn slide_is_due(&self, limits: &Limits, now: Timestamp) -> bool {
        after(self.seen, SLIDE.min(limits.idle / 10)) <= now
    }
}

fn after(moment: Timestamp, duration: Duration) -> Timestamp {
    moment.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// Whole seconds, so that requests at the same time slide the limit by the same bytes: one write, not one each.
fn this_second() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).expect("a second of a valid time is valid")
}

/// By name, so that the same state is the same bytes.
fn in_order<S: Serializer>(state: &State, to: S) -> Result<S::Ok, S::Error> {
    state.iter().collect::<BTreeMap<_, _>>().serialize(to)
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings and integers are JSON")
}
