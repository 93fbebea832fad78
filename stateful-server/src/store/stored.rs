//! What stands in Redis for a session, and which commands read and write it?
//!
//! `session:{id}` holds `{"stamp":{"version":7,"created":…,"seen":…},"state":{…}}` until it expires; `renewed:{id}` names
//! for a minute the session that took this one's place.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use redis::Cmd;
use serde::{Deserialize, Serialize};

use super::Limits;

/// What the middleware hands over: names to values in JSON.
pub(super) type State = HashMap<String, String>;

/// Entries of the state that only the store reads: the middleware has no other way from `load` to `update`.
const STAMP: &str = "_stamp";
pub(super) const RENEW: &str = "_renew";

/// A session in use is written once in this time, to slide its idle limit; short limits slide more often.
const SLIDE: Duration = Duration::from_secs(60);

/// How long a logout finds the successor of a session renewed meanwhile, in seconds: longer than any request takes.
const RENEWED_SECONDS: u64 = 60;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// Stays first: [`WRITE`] looks for the version at the beginning.
    pub(super) stamp: Stamp,
    pub(super) state: State,
}

/// What the store itself must know of a session. Times are whole seconds of the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) version: u64,
    #[serde(with = "second::required")]
    created: Timestamp,
    #[serde(with = "second::required")]
    seen: Timestamp,
}

impl Stored {
    /// A value that nobody here has written is as good as none, and worth a line in the log.
    pub(super) fn parse(bytes: &[u8]) -> Option<Stored> {
        serde_json::from_slice(bytes)
            .inspect_err(|error| tracing::warn!(%error, "a session in Redis cannot be read: taken as ended"))
            .ok()
    }

    /// The state, with the stamp among its entries.
    pub(super) fn into_state(self) -> State {
        let mut state = self.state;
        state.insert(STAMP.into(), json(&self.stamp));
        state
    }

    /// Milliseconds to live, at least one.
    fn left(&self, limits: &Limits) -> i128 {
        self.stamp.end(limits).duration_since(Timestamp::now()).as_millis().max(1)
    }
}

impl Stamp {
    pub(super) fn fresh() -> Stamp {
        let now = this_second();
        Stamp { version: 1, created: now, seen: now }
    }

    pub(super) fn among(state: &State) -> Option<Stamp> {
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

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings and integers are JSON")
}

fn session(id: &str) -> String {
    format!("session:{id}")
}

fn renewed(id: &str) -> String {
    format!("renewed:{id}")
}

pub(super) fn get(id: &str) -> Cmd {
    let mut command = redis::cmd("GET");
    command.arg(session(id));
    command
}

pub(super) fn set(id: &str, stored: &Stored, limits: &Limits) -> Cmd {
    let mut command = redis::cmd("SET");
    command.arg(session(id)).arg(json(stored)).arg("PX").arg(stored.left(limits).to_string());
    command
}

/// Compares the version, then sets: an ended session stays ended, and of two writes to one version the first is kept.
/// The same write again, as after a broken connection, is kept too.
const WRITE: &str = r#"
local from, to, pointer = KEYS[1], KEYS[2], KEYS[3]
local read, value, left, id, linger = unpack(ARGV)
local stored = redis.call('GET', from)
if not stored then
  local successor = redis.call('GET', pointer)
  if not successor then return 'ended' end
  return successor == id and 'kept' or 'conflict'
end
if stored == value then return 'kept' end
if string.match(stored, '^{"stamp":{"version":(%d+),') ~= read then return 'conflict' end
redis.call('SET', to, value, 'PX', left)
if to ~= from then
  redis.call('DEL', from)
  redis.call('SET', pointer, id, 'EX', linger)
end
return 'kept'
"#;

/// `stored` over version `read` of session `from`, now under the id `to`; the answer is an [`Outcome`].
///
/// A script travels in full each time: a restarted Redis has forgotten it, and writes are rare.
pub(super) fn write(from: &str, to: &str, read: u64, stored: &Stored, limits: &Limits) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(WRITE).arg(3).arg(session(from)).arg(session(to)).arg(renewed(from));
    command.arg(read).arg(json(stored)).arg(stored.left(limits).to_string()).arg(to).arg(RENEWED_SECONDS);
    command
}

pub(super) enum Outcome {
    Kept,
    Conflict,
    Ended,
}

impl Outcome {
    pub(super) fn of(answer: &str) -> Outcome {
        match answer {
            "kept" => Outcome::Kept,
            "conflict" => Outcome::Conflict,
            _ => Outcome::Ended,
        }
    }
}

/// Ends a session, and those that took its place while the request was on its way: else a logout that comes second to a
/// renewal would leave the renewed session alive.
const END: &str = r#"
local id = ARGV[1]
while id do
  redis.call('DEL', 'session:' .. id)
  local successor = redis.call('GET', 'renewed:' .. id)
  redis.call('DEL', 'renewed:' .. id)
  id = successor
end
"#;

pub(super) fn end(id: &str) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(END).arg(0).arg(id);
    command
}
