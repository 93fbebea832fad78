//! Significance of a change: would chance alone have done that?

use crate::evidence::distribution::student_two_sided;
use crate::evidence::interval::average;
use crate::evidence::thresholds::FALSE_DISCOVERIES;

/// How likely a mean at least this far from 0 is, were the truth 0: Student's t, two-sided. Too few values prove nothing.
pub(crate) fn of_a_mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if values.len() < 2 { 1.0 } else { two_sided(average(values), variance(values) / n, n - 1.0) }
}

/// How likely means at least this far apart are, were they the same: Welch's t, whose spreads may differ (Biometrika
/// 34, 1947), two-sided.
pub(crate) fn of_two_means(a: &[f64], b: &[f64]) -> f64 {
    if a.len() < 2 || b.len() < 2 {
        return 1.0;
    }
    let part = |values: &[f64]| (variance(values) / values.len() as f64, values.len() as f64 - 1.0);
    let ((a_part, a_free), (b_part, b_free)) = (part(a), part(b));
    let squared = a_part + b_part;
    let free = squared.powi(2) / (a_part.powi(2) / a_free + b_part.powi(2) / b_free);
    two_sided(average(a) - average(b), squared, if free.is_finite() { free } else { a_free + b_free })
}

/// Which of many results are real, so that of those not more than `FALSE_DISCOVERIES` are chance: Benjamini and
/// Hochberg, Journal of the Royal Statistical Society B 57 (1995).
pub(crate) fn discoveries(chances: &[f64]) -> Vec<bool> {
    let mut ascending = chances.to_vec();
    ascending.sort_by(f64::total_cmp);
    let allowed = |rank: usize| FALSE_DISCOVERIES * (rank + 1) as f64 / chances.len() as f64;
    let highest = (0..ascending.len()).rev().find(|&rank| ascending[rank] <= allowed(rank));
    chances.iter().map(|chance| highest.is_some_and(|rank| *chance <= ascending[rank])).collect()
}

fn two_sided(distance: f64, squared_error: f64, free: f64) -> f64 {
    // What is left of equal values by rounding is no spread.
    if squared_error <= f64::EPSILON.powi(2) {
        return if distance.abs() <= f64::EPSILON.sqrt() { 1.0 } else { 0.0 };
    }
    student_two_sided(distance.powi(2) / squared_error, free)
}

fn variance(values: &[f64]) -> f64 {
    let mean = average(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sets_that_lie_apart_are_no_chance_and_those_that_mix_are() {
        assert!(of_two_means(&[1.0, 1.1, 0.9, 1.0], &[2.0, 2.1, 1.9, 2.0]) < 1e-4);
        assert!(of_two_means(&[1.0, 1.1, 0.9, 1.0], &[1.05, 0.95, 1.1, 0.98]) > 0.5);
        assert!(of_a_mean(&[0.5, 0.52, 0.48]) < 0.01);
        assert!(of_a_mean(&[0.5, -0.52, 0.1]) > 0.5);
    }

    #[test]
    fn counts_that_never_vary_are_the_same_or_are_not() {
        assert_eq!(of_two_means(&[2.0; 4], &[2.0; 4]), 1.0);
        assert_eq!(of_two_means(&[2.0; 4], &[3.0; 4]), 0.0);
        assert_eq!(of_a_mean(&[0.1]), 1.0);
    }

    /// The example of the paper: fifteen tests, of which four are discoveries.
    #[test]
    fn the_example_of_benjamini_and_hochberg() {
        let chances = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0000,
        ];
        assert_eq!(discoveries(&chances).into_iter().filter(|real| *real).count(), 4);
        assert_eq!(discoveries(&[]), Vec::<bool>::new());
    }
}
