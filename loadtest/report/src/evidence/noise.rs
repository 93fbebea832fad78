//! Noise band (A/A): how far apart are two of the same?

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::evidence::interval::{quantile, redrawn_mean, resampled};
use crate::evidence::metric::Metric;
use crate::format;
use crate::recording::{Purpose, Sample, Workload};

/// The A/A band: a ratio between `1 / factor` and `factor` is what a server shows against itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// At least 1; 1.03 is a band of ±3 %.
    pub factor: f64,
    pub blocks: usize,
}

impl Band {
    pub fn low(self) -> f64 {
        1.0 / self.factor
    }

    pub fn high(self) -> f64 {
        self.factor
    }
}

/// From the A/A blocks of this workload, else from all A/A blocks among the samples. None when there are none.
pub fn band(samples: &[&Sample], metric: Metric, workload: Workload) -> Option<Band> {
    let of_workload: Vec<&Sample> = samples.iter().copied().filter(|sample| sample.workload == workload).collect();
    from_log_ratios(&log_ratios(&of_workload, metric)).or_else(|| from_log_ratios(&log_ratios(samples, metric)))
}

/// How far from nothing the mean of as many blocks strays in 95 of 100 cases, if it is chance which one came first.
pub fn from_log_ratios(log_ratios: &[f64]) -> Option<Band> {
    if log_ratios.is_empty() {
        return None;
    }
    let flip = |value: f64, rng: &mut fastrand::Rng| if rng.bool() { value } else { -value };
    let strayed = resampled(|rng| redrawn_mean(log_ratios, rng, flip).abs());
    Some(Band { factor: quantile(&strayed, 0.95).exp(), blocks: log_ratios.len() })
}

/// One for each block in which a fleet met itself.
fn log_ratios(samples: &[&Sample], metric: Metric) -> Vec<f64> {
    let mut blocks: BTreeMap<_, Vec<&Sample>> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.purpose == Purpose::AgainstItself) {
        blocks.entry((sample.workload, sample.mode, sample.replicas, sample.block)).or_default().push(sample);
    }
    let pairs = blocks.values().filter_map(|twins| match twins[..] {
        [a, b] => Some((metric.of(a)?, metric.of(b)?)),
        _ => None, // One of the two was invalid.
    });
    pairs.filter(|&(a, b)| a > 0.0 && b > 0.0).map(|(a, b)| (a / b).ln()).collect()
}

/// From here on a factor and its inverse are not as far from 1, and "±" would lie.
const LOPSIDED: f64 = 1.2;

impl Display for Band {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        if self.factor < LOPSIDED {
            return write!(to, "±{}", format::percent(self.factor - 1.0));
        }
        write!(to, "{}–{} ×", format::number(self.low()), format::number(self.high()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_as_wide_as_the_twins_are_apart() {
        let band = from_log_ratios(&[0.02, -0.02, 0.02, 0.02, -0.02]).unwrap();
        assert!(band.factor > 1.01 && band.factor <= 1.021, "{band:?}");
    }

    #[test]
    fn one_block_bounds_the_noise_by_what_it_saw() {
        let band = from_log_ratios(&[-0.05]).unwrap();
        assert!((band.factor - 0.05f64.exp()).abs() < 1e-12);
    }

    #[test]
    fn without_twins_nobody_knows_the_noise() {
        assert_eq!(from_log_ratios(&[]), None);
    }
}
