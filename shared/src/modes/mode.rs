//! Name and arguments of a mode: how is it named, found and started?

use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::modes::Mode;
use crate::modes::entry::{Entry, Side, Store};
use crate::modes::promises::{Copied, Replicas};

impl Mode {
    /// All that know who is calling.
    pub fn with_credentials() -> impl Iterator<Item = Mode> {
        [Side::Stateless, Side::Stateful].into_iter().flat_map(Mode::of)
    }

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

    /// Whether a client is known at the replica alone where it logged in.
    pub fn is_sticky(self) -> bool {
        self.entry().promises.is_some_and(|promises| promises.replicas == Replicas::Sticky)
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
