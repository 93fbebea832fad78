//! Stored session: what is kept of it?
//!
//! Lines of text, wherever it is kept:
//!
//! ```text
//! [7,1700000000,1700000060]
//! _login {"id":…}
//! draft {…}
//! ```
//!
//! The first is the [`Stamp`], each further one an entry of the state: its name, and its value in JSON, which has no line
//! breaks as it is written here. So a request cuts what it reads, and parses no more of it than it asks for.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use server::backend::Caller;
use shared::api::account::User;
use shared::api::credential::OpenLogin;

use super::Limits;
use super::id;

/// What the middleware hands over: names to values in JSON.
pub(super) type State = HashMap<String, String>;

/// Entries of the state that only the store reads: the middleware has no other way from `load` to `update`.
pub(super) const LOGIN: &str = "_login";
pub(super) const STAMP: &str = "_stamp";
pub(super) const RENEW: &str = "_renew";
pub(super) const BEGUN: &str = "_begun";

/// How long a logout finds the successor of a session renewed meanwhile: longer than any request takes.
pub(super) const RENEWED: Duration = Duration::from_secs(60);

/// A session in use is written once in this time, to slide its idle limit; short limits slide more often.
const SLIDE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) stamp: Stamp,
    pub(super) state: State,
}

/// How often a session was written, and when: `[version,created,seen]`, times in whole seconds of the Unix epoch. The
/// script that writes looks for the version there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "(u64, i64, i64)", try_from = "(u64, i64, i64)")]
pub(super) struct Stamp {
    pub(super) version: u64,
    pub(super) created: Timestamp,
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
        let stored = std::str::from_utf8(bytes).ok().and_then(Stored::cut);
        if stored.is_none() {
            tracing::warn!("a stored session cannot be read: taken as ended");
        }
        stored
    }

    fn cut(text: &str) -> Option<Stored> {
        let mut lines = text.split('\n');
        let stamp = serde_json::from_str(lines.next()?).ok()?;
        let entry = |line: &str| line.split_once(' ').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let state = lines.map(entry).collect::<Option<State>>()?;
        state.contains_key(LOGIN).then_some(Stored { stamp, state })
    }

    /// Entries by name, so that the same state is the same bytes.
    pub(super) fn text(&self) -> String {
        let mut entries: Vec<_> = self.state.iter().collect();
        entries.sort_unstable();
        let lines = entries.iter().map(|(name, value)| format!("\n{name} {value}"));
        std::iter::once(json(&self.stamp)).chain(lines).collect()
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

impl From<Stamp> for (u64, i64, i64) {
    fn from(Stamp { version, created, seen }: Stamp) -> Self {
        (version, created.as_second(), seen.as_second())
    }
}

impl TryFrom<(u64, i64, i64)> for Stamp {
    type Error = jiff::Error;

    fn try_from((version, created, seen): (u64, i64, i64)) -> Result<Stamp, jiff::Error> {
        Ok(Stamp { version, created: Timestamp::from_second(created)?, seen: Timestamp::from_second(seen)? })
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings and integers are JSON")
}
