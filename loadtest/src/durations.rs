//! Durations in a plan: how do people write them?

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// Like `800ms`, `1.5s` or `2m`.
///
/// # Errors
/// It is something else.
pub fn humane<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
}

/// Several of them.
///
/// # Errors
/// One is something else.
pub fn all_humane<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| humantime::parse_duration(text).map_err(serde::de::Error::custom)).collect()
}
