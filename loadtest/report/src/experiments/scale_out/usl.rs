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
