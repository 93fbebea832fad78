//! Modes: in which ways can a server know who is calling, and what follows from each?
//!
//! A mode is a server and the flags that change what it promises or costs. All that is known of one stands in its entry
//! in [`table`]: command line, fleets, contract, attacks, load test, report and book read it there.

pub mod promises;
mod table;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use promises::{Copied, Promises};

/// Declares the modes and which entry is whose, so that no list of them can lack one.
macro_rules! modes {
    ($($mode:ident => $entry:path,)*) => {
        /// How a fleet is started.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mode {
            $($mode,)*
        }

        impl Mode {
            pub const ALL: [Mode; [$(stringify!($mode)),*].len()] = [$(Mode::$mode),*];

            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Mode::$mode => &$entry,)*
                }
            }
        }
    };
}

modes! {
    Bare => table::BARE,
    Jwt => table::JWT,
    JwtEs256 => table::JWT_ES256,
    JwtEs256Cached => table::JWT_ES256_CACHED,
    JwtEddsa => table::JWT_EDDSA,
    JwtDenylist => table::JWT_DENYLIST,
    SessionRedis => table::SESSION_REDIS,
    SessionNearCache => table::SESSION_NEAR_CACHE,
    SessionMemory => table::SESSION_MEMORY,
}

/// What is known of a mode.
#[derive(Debug)]
pub struct Entry {
    /// On the command line, in plans and in recordings.
    pub name: &'static str,
    /// In the report.
    pub label: &'static str,
    /// In a picture, where space is scarce and the side has a colour.
    pub short_label: &'static str,
    pub side: Side,
    /// What its server is told beside what every server is told.
    pub flags: &'static [&'static str],
    pub key: Key,
    pub store: Store,
    /// Calls to that store for a request that may change something; [`Promises::store_calls`] is for one that changes nothing.
    pub store_calls_to_change: u64,
    /// Calls to that store that write, for each step of a checkout.
    pub store_writes: u64,
    /// None where there is no contract to keep.
    pub promises: Option<Promises>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A handler of actix alone that answers the same body: the floor.
    Neither,
    /// The client holds what proves who it is.
    Stateless,
    /// The server does.
    Stateful,
}

/// What a server of this mode reads from a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    None,
    /// A secret that signs tokens.
    Hs256,
    /// PKCS#8 in PEM (RFC 7468, section 10), as the next one.
    Es256,
    Eddsa,
    /// A secret that encrypts cookies.
    Cookie,
}

/// Who is asked what a credential is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Nobody: its signature says it.
    Nobody,
    /// The process that was asked, and no other knows.
    Process,
    Redis,
    /// The database that the application has anyway.
    Sql,
}

impl Mode {
    /// All of one side.
    pub fn of(side: Side) -> impl Iterator<Item = Mode> {
        Mode::ALL.into_iter().filter(move |mode| mode.entry().side == side)
    }

    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    pub const fn label(self) -> &'static str {
        self.entry().label
    }

    pub fn is_stateless(self) -> bool {
        self.entry().side == Side::Stateless
    }

    pub fn has_redis(self) -> bool {
        self.entry().store == Store::Redis
    }

    /// Whether a copy of a credential opens everything until its date has passed, whatever its owner does.
    pub fn outlives_logout(self) -> bool {
        self.entry().promises.is_some_and(|promises| promises.copied_credential == Copied::LivesToItsExpiry)
    }

    /// What its server is told of the mode: flags, keys by name and file, of which the first signs, and where Redis is.
    pub fn arguments(self, keys: &[(&str, &Path)], redis: Option<&str>) -> Vec<String> {
        let Entry { flags, side, .. } = self.entry();
        let key = |(name, file): &(&str, &Path)| match side {
            Side::Neither => None,
            Side::Stateless => Some(format!("--key={name}={}", file.display())),
            Side::Stateful => Some(format!("--cookie-key={}", file.display())),
        };
        let redis = redis.map(|url| format!("--redis-url={url}"));
        flags.iter().map(|flag| (*flag).to_owned()).chain(keys.iter().filter_map(key)).chain(redis).collect()
    }
}

impl Side {
    /// The program that its replicas run.
    pub const fn program(self) -> &'static str {
        match self {
            Side::Neither => "bare",
            Side::Stateless => "stateless-server",
            Side::Stateful => "stateful-server",
        }
    }

    /// The flag that says how long a credential lives while nobody renews it.
    pub const fn lifetime_flag(self) -> Option<&'static str> {
        match self {
            Side::Neither => None,
            Side::Stateless => Some("--access-ttl"),
            Side::Stateful => Some("--idle-ttl"),
        }
    }
}

/// The algorithm, as those say it who know that it is a token.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Key::None => "none",
            Key::Hs256 => "HS256",
            Key::Es256 => "ES256",
            Key::Eddsa => "EdDSA",
            Key::Cookie => "cookie key",
        })
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(name: &str) -> Result<Mode, String> {
        let found = Mode::ALL.into_iter().find(|mode| mode.name() == name);
        found.ok_or_else(|| format!("no mode {name}: use one of {}", Mode::ALL.map(Mode::name).join(", ")))
    }
}

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Mode, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_found_by_its_name_and_no_two_share_one() {
        for mode in Mode::ALL {
            assert_eq!(mode.name().parse(), Ok(mode));
        }
        assert!("jwt-rs256".parse::<Mode>().is_err_and(|why| why.contains("jwt-es256+cache")));
    }

    #[test]
    fn each_side_is_told_of_its_keys_in_its_own_words() {
        let keys = [("k1", Path::new("/a")), ("k2", Path::new("/b"))];
        let told = |mode: Mode, redis| mode.arguments(&keys, redis).join(" ");
        assert_eq!(told(Mode::JwtEs256, None), "--algorithm=es256 --key=k1=/a --key=k2=/b");
        assert_eq!(
            told(Mode::SessionMemory, Some("redis://r")),
            "--sessions=memory --cookie-key=/a --cookie-key=/b --redis-url=redis://r"
        );
        assert_eq!(told(Mode::Bare, None), "");
    }
}
