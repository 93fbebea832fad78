//! Token denylist: which access tokens are refused before their time?
//!
//! This is where state comes back in. A signed token is good until it expires, whoever regrets it; to take one back, every
//! server must ask somebody before it believes, with every request. With `--revocation denylist` it asks Redis, where one
//! number stands for each login that something was taken from: its tokens up to that number are refused. A logout takes
//! all; a change of roles those that were given out so far, and the login goes on with the next. No clocks are compared.
//!
//! A denial is kept as long as a token it means could live; `--access-ttl` must not differ between replicas for that. A
//! Redis that comes back empty has forgotten it: then that token lives to its expiry after all.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use server::error::Refused;
use server::redis::{RedisClient, Unavailable};

use crate::bearer::rejected;
use crate::claims::Access;
use crate::keys::terms::LEEWAY_SECONDS;

/// What takes an access token back, if anything does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Revocation {
    None,
    Denylist,
}

/// What happens while Redis does not answer. Closed: nobody is believed, and who wants to deny is told to come back. Open:
/// everything is as with `--revocation none`, and what should have been denied then stays good until it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Down {
    FailClosed,
    FailOpen,
}

/// As on the command line.
impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Revocation::None { "none" } else { "denylist" })
    }
}

/// As on the command line.
impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Down::FailClosed { "fail-closed" } else { "fail-open" })
    }
}

/// The one that is kept, or none: then nobody is asked, and no connection is made.
///
/// Each clone keeps a connection of its own, served by the thread that uses it first: clone it once a worker. With one for
/// all, each request of each worker would have to wake the one thread that serves it, and be woken again.
#[derive(Clone)]
pub(crate) struct Denylist(Option<Kept>);

#[derive(Clone)]
struct Kept {
    client: RedisClient,
    down: Down,
    /// How long an access token lives at most.
    longest: Duration,
}

/// The number of no token, and higher than all.
const ALL: i64 = i64::MAX;

/// The highest number counts, in whichever order they arrive: a denial never takes another one back.
const DENY: &str = r#"
local denied = tonumber(redis.call('GET', KEYS[1]) or 0)
if tonumber(ARGV[1]) > denied then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
"#;

/// Denials that may be on their way to Redis together: one after the other, each would wait for its own answer.
const AT_ONCE: usize = 64;

/// How much later than its denial a token can end: the clock of who gave it out may be ahead, ours may be behind, and it
/// may have been counted before it was signed.
const CLOCKS_AND_WORK: Duration = Duration::from_secs(2 * LEEWAY_SECONDS.unsigned_abs() + 6);

impl Denylist {
    pub(crate) const NONE: Denylist = Denylist(None);

    /// Never waits for Redis.
    ///
    /// # Errors
    /// A sentence that names `--redis-url` when that is no URL of a Redis.
    pub(crate) fn open(url: &str, down: Down, access_ttl: Duration) -> Result<Denylist> {
        let longest = access_ttl + CLOCKS_AND_WORK;
        Ok(Denylist(Some(Kept { client: RedisClient::open(url)?, down, longest })))
    }

    /// Is this token still good? One question to Redis.
    ///
    /// # Errors
    /// `CredentialRejected`; `StoreUnavailable` when it cannot be told.
    pub(crate) async fn check(&self, access: &Access) -> Result<(), Refused> {
        let Denylist(Some(kept)) = self else { return Ok(()) };
        let number = access.number().map_err(|_| rejected())?;
        match kept.client.ask::<Option<i64>>(redis::cmd("GET").arg(key(&access.sid))).await {
            Ok(Some(denied)) if number <= denied => Err(rejected()),
            Ok(_) => Ok(()),
            Err(unavailable) => kept.without(&unavailable),
        }
    }

    /// Refuses all tokens of these logins from now on.
    ///
    /// # Errors
    /// `StoreUnavailable`: then the client must repeat what it asked for.
    pub(crate) async fn deny_all(&self, sids: &[String]) -> Result<(), Refused> {
        for many in sids.chunks(AT_ONCE) {
            try_join_all(many.iter().map(|sid| self.deny(sid, ALL))).await?;
        }
        Ok(())
    }

    /// Refuses the tokens of one login up to this number.
    ///
    /// # Errors
    /// As [`Denylist::deny_all`].
    pub(crate) async fn deny(&self, sid: &str, up_to: i64) -> Result<(), Refused> {
        let Denylist(Some(kept)) = self else { return Ok(()) };
        let mut eval = redis::cmd("EVAL"); // In full each time: a restarted Redis has forgotten it, and denials are rare.
        eval.arg(DENY).arg(1).arg(key(sid)).arg(up_to).arg(kept.longest.as_millis().to_string());
        kept.client.ask::<()>(&eval).await.or_else(|unavailable| kept.without(&unavailable))
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// # Errors
    /// `StoreUnavailable`, where that keeps anybody from being believed.
    pub(crate) async fn ready(&self) -> Result<(), Refused> {
        match &self.0 {
            Some(kept) if kept.down == Down::FailClosed => {
                kept.client.ready().await.or_else(|unavailable| kept.without(&unavailable))
            }
            _ => Ok(()),
        }
    }
}

impl Kept {
    fn without(&self, unavailable: &Unavailable) -> Result<(), Refused> {
        match self.down {
            Down::FailClosed => Err(Refused::store_unavailable("denylist", unavailable)),
            Down::FailOpen => {
                tell(unavailable);
                Ok(())
            }
        }
    }
}

fn key(sid: &str) -> String {
    format!("denied:{sid}")
}

/// One line a second says as much as thousands, and how many it stands for.
fn tell(unavailable: &Unavailable) {
    static NOT_ASKED: AtomicU64 = AtomicU64::new(0);
    static LAST_TOLD: AtomicI64 = AtomicI64::new(0);
    NOT_ASKED.fetch_add(1, Ordering::Relaxed);
    let second = Timestamp::now().as_second();
    if LAST_TOLD.swap(second, Ordering::Relaxed) != second {
        let times = NOT_ASKED.swap(0, Ordering::Relaxed);
        tracing::warn!(cause = %unavailable, times, "denylist unavailable: tokens are believed without it, and nothing is denied");
    }
}
