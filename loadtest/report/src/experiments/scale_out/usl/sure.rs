//! Intervals of a fit: how sure can we be of it?
//!
//! Where there are blocks, by drawing them again: a block holds one throughput for each size, so whatever shook its
//! minute shakes all of them together, and the law is fitted to each draw anew. For that σ and κ may be negative: drawn
//! again at a bound, an estimate piles up on it, and its interval would be too narrow on the other side (Andrews,
//! Econometrica 68(2), 2000). What is below zero is cut off afterwards. Where there is one throughput for each size, by
//! how far they scatter around the curve: standard errors and Student's t, as R's package has it.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde::Serialize;

use crate::evidence::distribution::student;
use crate::evidence::interval::{Estimate, Interval, TAIL, quantile, stretch};
use crate::evidence::thresholds::FEWEST_BLOCKS;
use crate::experiments::scale_out::usl::nearest::{Bounds, solve};
use crate::experiments::scale_out::usl::{FEWEST_SIZES, Law};

/// Size → throughput, of one block.
pub type Block = BTreeMap<u32, f64>;

const RESAMPLES: usize = 1_000;
const SEED: u64 = 20_070_101;
/// Along the curve, for its picture.
const PLACES: u32 = 28;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fit {
    pub lambda: Estimate,
    pub sigma: Estimate,
    pub kappa: Estimate,
    /// None: more is more for ever.
    pub peak: Option<f64>,
    /// The share of the differences between the sizes that the law tells. None: there are none.
    pub r_squared: Option<f64>,
    pub from: Source,
    #[serde(skip)]
    pub curve: Vec<Place>,
}

/// What the intervals were made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    Blocks,
    Scatter,
    /// Three sizes and too few blocks: the curve meets every point, however wrong they are.
    Nothing,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub size: f64,
    pub throughput: f64,
    pub interval: Option<Interval>,
}

/// None with fewer than three sizes.
pub fn fit(blocks: &[Block]) -> Option<Fit> {
    let points = means(blocks.iter());
    let law = Law::through(&points)?;
    let (from, reach) = reach(blocks, &points, law);
    let estimate = |of: &dyn Fn(Law) -> f64| Estimate { value: of(law), interval: reach(of), blocks: blocks.len() };
    let (first, last) = (points.first()?.0, points.last()?.0);
    let place = |index: u32| {
        let size = first + (last - first) * f64::from(index) / f64::from(PLACES);
        Place { size, throughput: law.at(size), interval: reach(&|law: Law| law.at(size)) }
    };
    Some(Fit {
        lambda: estimate(&|law| law.lambda),
        sigma: estimate(&|law| law.sigma),
        kappa: estimate(&|law| law.kappa),
        peak: law.peak(),
        r_squared: r_squared(law, &points),
        from,
        curve: (0..=PLACES).map(place).collect(),
    })
}

/// One point for each size, by size.
fn means<'a>(blocks: impl Iterator<Item = &'a Block>) -> Vec<(f64, f64)> {
    let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for (size, throughput) in blocks.flatten() {
        let (sum, count) = sums.entry(*size).or_default();
        *sum += throughput;
        *count += 1.0;
    }
    sums.into_iter().map(|(size, (sum, count))| (f64::from(size), sum / count)).collect()
}

type Reach = Box<dyn Fn(&dyn Fn(Law) -> f64) -> Option<Interval>>;

/// How far whatever follows from the law may lie from what was found.
fn reach(blocks: &[Block], points: &[(f64, f64)], law: Law) -> (Source, Reach) {
    let free = Law::within(Bounds::Lifted, points).unwrap_or(law);
    if blocks.len() >= FEWEST_BLOCKS {
        let (laws, stretch) = (redrawn(blocks), stretch(blocks.len(), TAIL));
        return (Source::Blocks, Box::new(move |of| Some(around(of(law), among(&laws, of, of(free), stretch)?))));
    }
    match Errors::around(law, points) {
        Some(errors) => (Source::Scatter, Box::new(move |of| Some(errors.reach(law, of)))),
        None => (Source::Nothing, Box::new(|_| None)),
    }
}

fn redrawn(blocks: &[Block]) -> Vec<Law> {
    let mut rng = Rng::with_seed(SEED);
    let draw = |_| {
        let drawn: Vec<&Block> = (0..blocks.len()).map(|_| &blocks[rng.usize(..blocks.len())]).collect();
        Law::within(Bounds::Lifted, &means(drawn.into_iter())) // None: these blocks lack a size that others have.
    };
    (0..RESAMPLES).filter_map(draw).collect()
}

fn among(laws: &[Law], of: &dyn Fn(Law) -> f64, value: f64, stretch: f64) -> Option<Interval> {
    let mut values: Vec<f64> = laws.iter().map(|law| of(*law)).collect();
    values.sort_by(f64::total_cmp);
    let end = |share| value + (quantile(&values, share) - value) * stretch;
    (!values.is_empty()).then(|| Interval { low: end(TAIL), high: end(1.0 - TAIL) })
}

/// Nothing of the law is below zero, and what was found is never outside of its own interval.
fn around(value: f64, Interval { low, high }: Interval) -> Interval {
    Interval { low: low.min(value).max(0.0), high: high.max(value) }
}

/// What the law leaves untold, as covariances of λ, σ and κ.
struct Errors {
    covariances: [[f64; 3]; 3],
    t: f64,
}

impl Errors {
    /// None where there are as many unknowns as points.
    fn around(law: Law, points: &[(f64, f64)]) -> Option<Errors> {
        let free = points.len().checked_sub(FEWEST_SIZES).filter(|free| *free > 0)? as f64;
        let variance = law.residual(points) / free;
        let slopes: Vec<[f64; 3]> = points.iter().map(|(size, _)| slopes(law, &|law: Law| law.at(*size))).collect();
        let products = |i: usize, j: usize| slopes.iter().map(|slope| slope[i] * slope[j]).sum::<f64>();
        let column = |unknown: usize| {
            let line = |i: usize| [products(i, 0), products(i, 1), products(i, 2), f64::from(u8::from(i == unknown))];
            Some(solve(&[line(0), line(1), line(2)], &[0, 1, 2])?.map(|cell| cell * variance))
        };
        Some(Errors { covariances: [column(0)?, column(1)?, column(2)?], t: student(free, TAIL) })
    }

    fn reach(&self, law: Law, of: &dyn Fn(Law) -> f64) -> Interval {
        let slopes = slopes(law, of);
        let across = |line: &[f64; 3]| line.iter().zip(slopes).map(|(cell, slope)| cell * slope).sum::<f64>();
        let variance: f64 = self.covariances.iter().zip(slopes).map(|(line, slope)| across(line) * slope).sum();
        let reach = self.t * variance.max(0.0).sqrt();
        around(of(law), Interval { low: of(law) - reach, high: of(law) + reach })
    }
}

/// By how much something changes with λ, σ and κ.
fn slopes(law: Law, of: &dyn Fn(Law) -> f64) -> [f64; 3] {
    let Law { lambda, sigma, kappa } = law;
    let step = |value: f64| 1e-6 * value.max(1e-3);
    let (l, s, k) = (step(lambda), step(sigma), step(kappa));
    [
        (of(Law { lambda: lambda + l, ..law }) - of(Law { lambda: lambda - l, ..law })) / (2.0 * l),
        (of(Law { sigma: sigma + s, ..law }) - of(Law { sigma: sigma - s, ..law })) / (2.0 * s),
        (of(Law { kappa: kappa + k, ..law }) - of(Law { kappa: kappa - k, ..law })) / (2.0 * k),
    ]
}

fn r_squared(law: Law, points: &[(f64, f64)]) -> Option<f64> {
    let mean = points.iter().map(|(_, seen)| seen).sum::<f64>() / points.len() as f64;
    let all: f64 = points.iter().map(|(_, seen)| (seen - mean).powi(2)).sum();
    (all > 0.0).then(|| 1.0 - law.residual(points) / all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::scale_out::usl::tests::{RAYS, SPEC};

    fn once(points: &[(f64, f64)]) -> Fit {
        fit(&[points.iter().map(|&(size, seen)| (size as u32, seen)).collect()]).unwrap()
    }

    /// Half of an interval is a standard error times Student's t, which is 2.776 for what three unknowns leave of seven
    /// points.
    #[track_caller]
    fn check(found: Estimate, standard_error: f64) {
        let reach = found.interval.unwrap().high - found.value;
        assert!((reach / (2.776 * standard_error) - 1.0).abs() < 5e-3, "{reach}, and not 2.776 × {standard_error}");
    }

    #[test]
    fn the_published_standard_errors_where_there_is_one_value_for_each_size() {
        let spec = once(&SPEC);
        check(spec.sigma, 0.009_121_7);
        check(spec.kappa, 0.000_019_9);
        check(spec.lambda, 14.213_489_4);
        assert_eq!(spec.from, Source::Scatter);
    }

    #[test]
    fn neither_contention_nor_coherency_is_told_to_be_negative() {
        let rays = once(&RAYS);
        assert!(rays.kappa.interval.is_some_and(|Interval { low, high }| low == 0.0 && high > 0.0), "{rays:?}");
    }

    #[test]
    fn the_published_share_that_the_law_tells() {
        assert_eq!((once(&SPEC).r_squared.unwrap() * 1000.0).round(), 990.0);
    }

    /// Blocks of a machine that is now faster, now slower, with noise of a per cent on each figure.
    fn blocks(law: Law, count: u64, seed: u64) -> Vec<Block> {
        let mut rng = Rng::with_seed(seed);
        let mut block = |_| {
            let minute = 1.0 + 0.06 * (rng.f64() - 0.5);
            let sizes = [1, 2, 3, 4, 6, 8].into_iter();
            sizes.map(|size| (size, law.at(f64::from(size)) * minute * (1.0 + 0.02 * (rng.f64() - 0.5)))).collect()
        };
        (0..count).map(|_| block(())).collect()
    }

    /// In how many of 60 runs the interval holds what is true, for λ, σ and κ.
    #[track_caller]
    fn check_coverage(law: Law) {
        let holds = |found: Estimate, truth: f64| {
            found.interval.is_some_and(|Interval { low, high }| (low..=high).contains(&truth))
        };
        let fits: Vec<Fit> = (0..60).map(|seed| fit(&blocks(law, 8, seed)).unwrap()).collect();
        let held = |what: &dyn Fn(&Fit) -> bool| fits.iter().filter(|fit| what(fit)).count();
        let counts = [
            held(&|fit| holds(fit.lambda, law.lambda)),
            held(&|fit| holds(fit.sigma, law.sigma)),
            held(&|fit| holds(fit.kappa, law.kappa)),
        ];
        assert!(counts.iter().all(|count| *count >= 54), "in {counts:?} of 60");
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        check_coverage(Law { lambda: 6700.0, sigma: 0.06, kappa: 0.004 });
    }

    #[test]
    fn and_it_does_so_where_there_is_no_coherency_to_be_found() {
        check_coverage(Law { lambda: 8300.0, sigma: 0.012, kappa: 0.0 });
    }

    #[test]
    fn and_where_there_is_nothing_to_be_found() {
        check_coverage(Law { lambda: 8300.0, sigma: 0.0, kappa: 0.0 });
    }

    #[test]
    fn what_shakes_a_whole_block_does_not_blur_the_shape() {
        let law = Law { lambda: 6700.0, sigma: 0.06, kappa: 0.004 };
        let Interval { low, high } = fit(&blocks(law, 8, 1)).unwrap().sigma.interval.unwrap();
        assert!(high - low < 0.03, "{low}–{high}");
    }

    #[test]
    fn three_sizes_once_are_a_curve_without_an_interval() {
        let fit = once(&SPEC[..3]);
        assert_eq!((fit.from, fit.sigma.interval), (Source::Nothing, None));
    }

    #[test]
    fn a_block_that_lacks_a_size_still_counts_for_the_others() {
        let law = Law { lambda: 100.0, sigma: 0.1, kappa: 0.0 };
        let mut blocks = blocks(law, 5, 3);
        blocks[0].remove(&8);
        assert!((fit(&blocks).unwrap().sigma.value - 0.1).abs() < 0.01);
    }
}
