//! Latency histogram: how long did the responses take?

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};
use serde::de::Error;

/// A High Dynamic Range histogram in nanoseconds, three significant digits, of up to a minute.
///
/// In the file it is the format that all HDR tools read: V2, deflated, in base64.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency(Histogram<u64>);

const LONGEST: Duration = Duration::from_secs(60);

impl Default for Latency {
    fn default() -> Self {
        let longest = LONGEST.as_nanos() as u64;
        Latency(Histogram::new_with_bounds(1, longest, 3).expect("1 ns to a minute with three digits is in range"))
    }
}

impl Latency {
    /// Longer than a minute counts as a minute: no request waits that long.
    #[inline] // Into the generator, which is optimised as this crate is not.
    pub fn record(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Adds what another thread or another block saw.
    pub fn add(&mut self, other: &Latency) {
        self.0.add(&other.0).expect("all of them have the same bounds");
    }

    /// The time within which this share of the requests ended; 0.999 is p99.9.
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(share))
    }

    pub fn mean(&self) -> Duration {
        Duration::from_nanos(self.0.mean() as u64)
    }

    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }

    pub fn count(&self) -> u64 {
        self.0.len()
    }
}

impl serde::Serialize for Latency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        V2DeflateSerializer::new().serialize(&self.0, &mut bytes).map_err(serde::ser::Error::custom)?;
        to.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> serde::Deserialize<'de> for Latency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
        let seen = Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(D::Error::custom)?;
        let mut latency = Latency::default(); // Else a file with other bounds could not be added to the rest.
        latency.0.add(seen).map_err(D::Error::custom)?;
        Ok(latency)
    }
}
