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
