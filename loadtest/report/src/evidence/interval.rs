//! Confidence interval: how sure can we be of a number?
//!
//! Blocks are the unit of repetition: requests of one block share their minute of machine, so ten thousand of them are
//! one observation, not ten thousand. Intervals are percentile bootstraps over blocks (Efron 1979), always with the
//! same seed, and stretched for their small number (Hesterberg 2015): as they are, those of four blocks hold the true
//! value in 80 of 100 repetitions, not in 95.

use std::fmt::{self, Display, Formatter};

use fastrand::Rng;
use serde::Serialize;

use crate::evidence::distribution::{normal, student};
use crate::evidence::thresholds::FEWEST_BLOCKS;
use crate::format::number;

const RESAMPLES: usize = 10_000;
const SEED: u64 = 20_150_314;

/// Where the true value lies, in 95 of 100 repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Whether all of it lies beyond a line, or before it. None: the line goes through it.
    pub fn is_above(self, line: f64) -> Option<bool> {
        if self.high < line { Some(false) } else { (self.low > line).then_some(true) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub value: f64,
    /// None: too few blocks to say.
    pub interval: Option<Interval>,
    pub blocks: usize,
}

impl Estimate {
    /// A count, where nothing is left to chance.
    pub fn exact(value: f64) -> Estimate {
        Estimate { value, interval: Some(Interval { low: value, high: value }), blocks: 1 }
    }

    /// Value and ends changed alike, by what keeps their order.
    pub(crate) fn map(self, change: impl Fn(f64) -> f64) -> Estimate {
        let interval = self.interval.map(|Interval { low, high }| Interval { low: change(low), high: change(high) });
        Estimate { value: change(self.value), interval, ..self }
    }

    /// 640 µs (600 µs–700 µs), or the value alone when it is exact or nobody knows how sure it is.
    pub(crate) fn told(&self, one: impl Fn(f64) -> String) -> String {
        self.spanned(one, "–")
    }

    /// The value twice where nobody knows the interval.
    pub fn ends(&self) -> Interval {
        self.interval.unwrap_or(Interval { low: self.value, high: self.value })
    }

    /// The value, and in brackets its interval where there is more than one value in it.
    pub(crate) fn spanned(&self, one: impl Fn(f64) -> String, to: &str) -> String {
        let value = one(self.value);
        match self.interval {
            Some(Interval { low, high }) if low < high => format!("{value} ({}{to}{})", one(low), one(high)),
            _ => value,
        }
    }

    /// What may be below nothing: −12.3 (−40.0 to 15.2).
    pub(crate) fn growth(&self) -> String {
        self.spanned(|value| if value < 0.0 { format!("−{}", number(-value)) } else { number(value) }, " to ")
    }
}

/// The ratio of A to B over blocks in which both ran: the geometric mean, so that A/B and B/A tell the same story.
///
/// None without pairs, and when a value is not positive: the log of such a ratio is no number.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Estimate> {
    ratio_among(pairs, 1)
}

/// The same for one of several questions that are asked together: its interval is so much wider that all of them hold
/// their true values in 95 of 100 repetitions (Bonferroni; Dunn, *Multiple Comparisons Among Means*, JASA 56, 1961).
pub fn ratio_among(pairs: &[(f64, f64)], questions: u32) -> Option<Estimate> {
    if pairs.iter().any(|&(a, b)| a <= 0.0 || b <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = pairs.iter().map(|(a, b)| (a / b).ln()).collect();
    Some(mean_among(&logs, questions)?.map(f64::exp))
}

/// The ratio of A to B from blocks that do not belong together: that of the two geometric means. Each set is drawn anew
/// by itself, and the smaller one says how far the interval is stretched.
///
/// None without values on either side, and when one is not positive.
pub fn ratio_of_sets(a: &[f64], b: &[f64]) -> Option<Estimate> {
    if a.is_empty() || b.is_empty() || a.iter().chain(b).any(|&value| value <= 0.0) {
        return None;
    }
    let [a, b] = [a, b].map(|values| values.iter().map(|value| value.ln()).collect::<Vec<f64>>());
    let distance = |rng: &mut Rng| redrawn_mean(&a, rng, as_drawn) - redrawn_mean(&b, rng, as_drawn);
    Some(bootstrap(average(&a) - average(&b), a.len().min(b.len()), TAIL, distance).map(f64::exp))
}

/// Of a share that was counted: so many of so many (Wilson, *Probable Inference*, JASA 22, 1927). It never leaves 0…1, and
/// says something where nothing at all was seen. None when nothing was tried.
pub fn wilson(hits: u64, of: u64) -> Option<Interval> {
    let (n, z) = (of as f64, normal(TAIL));
    let share = (of > 0).then(|| hits as f64 / n)?;
    let middle = share + z * z / (2.0 * n);
    let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let end = |value: f64| (value / (1.0 + z * z / n)).clamp(0.0, 1.0);
    Some(Interval { low: end(middle - reach), high: end(middle + reach) })
}

/// The mean of one value a block. None without values.
pub fn mean(values: &[f64]) -> Option<Estimate> {
    mean_among(values, 1)
}

fn mean_among(values: &[f64], questions: u32) -> Option<Estimate> {
    let mean = |rng: &mut Rng| redrawn_mean(values, rng, as_drawn);
    let tail = TAIL / f64::from(questions);
    (!values.is_empty()).then(|| bootstrap(average(values), values.len(), tail, mean))
}

/// `redrawn` is the value once more, of blocks that were drawn anew; `tail` is the chance beyond each end.
fn bootstrap(value: f64, blocks: usize, tail: f64, redrawn: impl FnMut(&mut Rng) -> f64) -> Estimate {
    let interval = (blocks >= FEWEST_BLOCKS).then(|| {
        let redrawn = resampled(redrawn);
        let stretched = |share| value + (quantile(&redrawn, share) - value) * stretch(blocks, tail);
        Interval { low: stretched(tail), high: stretched(1.0 - tail) }
    });
    Estimate { value, interval, blocks }
}

/// How much wider so few blocks make the interval: Student's t over the normal quantile, and a spread that is measured
/// from their own mean. `tail` is the chance beyond each end.
pub(crate) fn stretch(blocks: usize, tail: f64) -> f64 {
    let (n, free) = (blocks as f64, blocks as f64 - 1.0);
    student(free, tail) / normal(tail) * (n / free).sqrt()
}

/// What is left on each side of an interval of 95 %.
pub(crate) const TAIL: f64 = 0.025;

/// What is drawn again and again, in ascending order.
pub(crate) fn resampled(mut draw: impl FnMut(&mut Rng) -> f64) -> Vec<f64> {
    let mut rng = Rng::with_seed(SEED);
    let mut drawn: Vec<f64> = (0..RESAMPLES).map(|_| draw(&mut rng)).collect();
    drawn.sort_by(f64::total_cmp);
    drawn
}

/// The mean of as many values, drawn with replacement. `twist` may change what is drawn.
pub(crate) fn redrawn_mean(values: &[f64], rng: &mut Rng, twist: impl Fn(f64, &mut Rng) -> f64) -> f64 {
    let mut draw = || {
        let value = values[rng.usize(..values.len())];
        twist(value, rng)
    };
    (0..values.len()).map(|_| draw()).sum::<f64>() / values.len() as f64
}

fn as_drawn(value: f64, _: &mut Rng) -> f64 {
    value
}

/// Of an ascending list that is not empty.
pub(crate) fn quantile(ascending: &[f64], share: f64) -> f64 {
    ascending[((ascending.len() - 1) as f64 * share).round() as usize]
}

pub(crate) fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// 0.571 (0.552–0.590).
impl Display for Estimate {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        to.write_str(&self.told(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_blocks_stretch_an_interval_by_students_t_over_the_normal_quantile() {
        let expected = 4.302_652_73 / 1.959_963_98 * 1.5f64.sqrt();
        assert!((stretch(3, TAIL) / expected - 1.0).abs() < 1e-6);
    }
}
