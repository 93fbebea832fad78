//! Universal Scalability Law: which curve does the throughput of a growing fleet follow?
//!
//! The Universal Scalability Law, X(N) = λN / (1 + σ(N−1) + κN(N−1)) (Gunther, *Guerrilla Capacity Planning*, 2007): λ
//! is what one brings alone, σ the share of the work for which they queue, κ what each pair of them costs to agree.
//! Fitted are the throughputs themselves, by least squares of absolute residuals, with σ and κ not below zero: that is
//! what R's package `usl` does and how the published values were made, so whoever doubts a fit can repeat it.

mod nearest;
mod sure;

use serde::Serialize;

use nearest::{Bounds, Row, nearest};
pub use sure::{Block, Fit, Place, Source, fit};

/// Three unknowns take as many sizes.
pub const FEWEST_SIZES: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Law {
    /// Of one alone.
    pub lambda: f64,
    /// Contention.
    pub sigma: f64,
    /// Coherency.
    pub kappa: f64,
}

impl Law {
    /// The throughput of so many.
    pub fn at(self, size: f64) -> f64 {
        size * self.lambda / (1.0 + self.sigma * (size - 1.0) + self.kappa * size * (size - 1.0))
    }

    /// The size from which on one more takes away. None: there is none, and more is more for ever.
    pub fn peak(self) -> Option<f64> {
        match (1.0 - self.sigma) / self.kappa {
            square if square.is_infinite() && square > 0.0 => None,
            square => Some(square.max(1.0).sqrt()),
        }
    }

    /// Through these points (size, throughput), as near as such a curve gets.
    ///
    /// None with fewer than three sizes, and without a throughput above zero at each point.
    pub fn through(points: &[(f64, f64)]) -> Option<Law> {
        Law::within(Bounds::Kept, points)
    }

    fn within(bounds: Bounds, points: &[(f64, f64)]) -> Option<Law> {
        let mut sizes: Vec<f64> = points.iter().map(|(size, _)| *size).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        if sizes.len() < FEWEST_SIZES || points.iter().any(|&(size, seen)| size <= 0.0 || seen <= 0.0) {
            return None;
        }
        let mut found = start(bounds, points);
        for _ in 0..MOST_STEPS {
            let next = closer(bounds, points, found);
            if found.residual(points) - next.residual(points) <= ENOUGH * found.residual(points) {
                return Some(next.law());
            }
            found = next;
        }
        Some(found.law())
    }

    /// Sum of the squared distances.
    fn residual(self, points: &[(f64, f64)]) -> f64 {
        points.iter().map(|&(size, seen)| (seen - self.at(size)).powi(2)).sum()
    }
}

const MOST_STEPS: u32 = 200;
/// A step that takes less than this share off the residual is the last.
const ENOUGH: f64 = 1e-10;

/// N / X(N) = a + b(N−1) + cN(N−1) is the same law, in which each unknown stands alone: a is 1/λ, b is σ/λ, c is κ/λ.
#[derive(Clone, Copy)]
struct Line([f64; 3]);

impl Line {
    fn law(self) -> Law {
        let Line([a, b, c]) = self;
        Law { lambda: 1.0 / a, sigma: b / a, kappa: c / a }
    }

    fn residual(self, points: &[(f64, f64)]) -> f64 {
        self.law().residual(points)
    }
}

fn terms(size: f64) -> [f64; 3] {
    [1.0, size - 1.0, size * (size - 1.0)]
}

/// A first guess: the nearest line, where a small distance weighs what it would weigh on the curve.
fn start(bounds: Bounds, points: &[(f64, f64)]) -> Line {
    let row = |&(size, seen): &(f64, f64)| {
        let weight = (seen * seen / size).powi(2);
        Row { terms: terms(size), sum: size / seen, weight }
    };
    let best = points.iter().map(|(size, seen)| size / seen).fold(f64::INFINITY, f64::min);
    Line(nearest(bounds, &points.iter().map(row).collect::<Vec<_>>()).unwrap_or([best, 0.0, 0.0]))
}

/// One step of Gauss and Newton (Björck, *Numerical Methods for Least Squares Problems*, 1996, chapter 9), halved until
/// it leads nearer. Where both of its ends keep to σ, κ ≥ 0, so does what lies between.
fn closer(bounds: Bounds, points: &[(f64, f64)], from: Line) -> Line {
    let law = from.law();
    let row = |&(size, seen): &(f64, f64)| {
        let told = law.at(size);
        let slope = told * told / size;
        Row { terms: terms(size), sum: size / told + (told - seen) / slope, weight: slope * slope }
    };
    let Some(to) = nearest(bounds, &points.iter().map(row).collect::<Vec<_>>()) else { return from };
    let residual = from.residual(points);
    let part_of_the_way = |halvings: i32| {
        let share = 0.5f64.powi(halvings);
        Line([0, 1, 2].map(|term| from.0[term] + share * (to[term] - from.0[term])))
    };
    (0..30).map(part_of_the_way).find(|line| line.residual(points) < residual).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve-way Cisco benchmark of Baron Schwartz, *Practical Scalability Analysis with the Universal Scalability Law*,
    /// 2015, as the tests of codahale/usl4j hold data and results of the book.
    const CISCO: [f64; 32] = [
        955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71, 8646.7,
        9047.84, 9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806.0,
        12089.37, 12075.41, 12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
    ];

    /// A Sun SPARCcenter 2000 in SPEC's SDM 91, October 1994: `specsdm91` of R's package `usl` 3.0, whose
    /// `tests/usl-nlxb.Rout.save` holds the results.
    pub(crate) const SPEC: [(f64, f64); 7] =
        [(1.0, 64.9), (18.0, 995.9), (36.0, 1652.4), (72.0, 1853.2), (108.0, 1828.9), (144.0, 1775.0), (216.0, 1702.2)];

    /// An SGI Origin 2000 with up to 64 processors that traces rays (Gunther 2007): `raytracer` of the same package,
    /// whose `tests/confint.Rout.save` holds the results.
    pub(crate) const RAYS: [(f64, f64); 11] = [
        (1.0, 20.0),
        (4.0, 78.0),
        (8.0, 130.0),
        (12.0, 170.0),
        (16.0, 190.0),
        (20.0, 200.0),
        (24.0, 210.0),
        (28.0, 230.0),
        (32.0, 260.0),
        (48.0, 280.0),
        (64.0, 310.0),
    ];

    #[track_caller]
    fn check(points: &[(f64, f64)], lambda: f64, sigma: f64, kappa: f64, digits: f64) -> Law {
        let law = Law::through(points).unwrap();
        for (found, published) in [(law.lambda, lambda), (law.sigma, sigma), (law.kappa, kappa)] {
            assert!((found - published).abs() <= published.abs() * digits + 1e-12, "{law:?}, and not {published}");
        }
        law
    }

    #[test]
    fn the_published_fit_of_a_sun_in_a_benchmark_of_spec() {
        let law = check(&SPEC, 89.995_233_0, 0.027_728_5, 0.000_104_4, 5e-4);
        assert!((law.peak().unwrap() - 96.52).abs() < 0.1, "{:?}", law.peak());
        assert!((law.at(law.peak().unwrap()) - 1884.0).abs() < 1.0);
    }

    #[test]
    fn the_published_fit_of_a_router_of_cisco() {
        let points: Vec<_> = (1..).map(f64::from).zip(CISCO).collect();
        let law = check(&points, 995.648_6, 0.026_715_91, 7.690_945e-4, 2e-5);
        assert_eq!(law.peak().unwrap().floor(), 35.0);
        assert!((law.at(35.0) - 12_341.0).abs() < 1.0);
    }

    #[test]
    fn the_published_fit_of_a_ray_tracer_where_coherency_would_be_negative() {
        let law = check(&RAYS, 21.848_8, 0.057_8, 0.0, 1e-3);
        assert_eq!((law.kappa, law.peak()), (0.0, None));
    }

    #[test]
    fn what_follows_the_law_is_found_to_the_last_digit() {
        for (sigma, kappa) in [(0.0, 0.0), (0.3, 0.0), (0.0, 0.01), (0.02, 0.004), (1.2, 0.5)] {
            let law = Law { lambda: 6700.0, sigma, kappa };
            let points: Vec<_> = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0].map(|size| (size, law.at(size))).to_vec();
            let found = Law::through(&points).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.max(1.0);
            assert!(close(found.lambda, 6700.0) && close(found.sigma, sigma) && close(found.kappa, kappa), "{found:?}");
        }
    }

    #[test]
    fn more_than_ideal_is_told_as_ideal() {
        let law = Law::through(&[(1.0, 100.0), (2.0, 210.0), (4.0, 440.0), (8.0, 930.0)]).unwrap();
        assert_eq!((law.sigma, law.kappa, law.peak()), (0.0, 0.0, None));
    }

    #[test]
    fn what_falls_at_once_has_its_peak_at_one() {
        let law = Law::through(&[(1.0, 100.0), (2.0, 80.0), (4.0, 30.0), (8.0, 9.0)]).unwrap();
        assert!(law.peak().unwrap() < 2.0, "{law:?}");
    }

    #[test]
    fn two_sizes_tell_no_law_and_neither_does_a_standstill() {
        assert_eq!(Law::through(&[(1.0, 100.0), (2.0, 190.0), (2.0, 191.0)]), None);
        assert_eq!(Law::through(&[(1.0, 100.0), (2.0, 190.0), (4.0, 0.0)]), None);
    }
}
