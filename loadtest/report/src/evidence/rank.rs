//! Rank statistics: what can be said of the middle and of the end of a few values?
//!
//! Exposures have no bell shape: a token's are spread over a second, a session's are none. So nothing is assumed but that
//! the next would come from the same place.

use crate::evidence::interval::{Estimate, Interval, TAIL};

/// Fewer values than this say nothing of their slowest twentieth.
const FEWEST_FOR_P95: usize = 20;

/// The middle value; its interval goes from one of the values to another, chosen by counting (Conover, *Practical
/// Nonparametric Statistics*, section 3.2). None without values; no interval below six.
pub(crate) fn median(ascending: &[f64]) -> Option<Estimate> {
    let n = ascending.len();
    let upper = *ascending.get(n / 2)?;
    let lower = ascending[(n - 1) / 2];
    let below = ranks_below(n);
    let interval = (below > 0).then(|| Interval { low: ascending[below - 1], high: ascending[n - below] });
    Some(Estimate { value: (lower + upper) / 2.0, interval, blocks: n })
}

/// So many of the lowest and of the highest values can be left out of an interval of 95 %.
fn ranks_below(n: usize) -> usize {
    let mut chance = 0.5f64.powi(n as i32); // That all values lie on one side of the median.
    let mut sum = chance;
    let mut ranks = 0;
    // Of very many, the chance is too small for a number of this kind: then the middle is all that is left.
    while sum <= TAIL && ranks < n / 2 {
        ranks += 1;
        chance *= (n - ranks + 1) as f64 / ranks as f64;
        sum += chance;
    }
    ranks
}

/// None: too few to say.
pub(crate) fn p95(ascending: &[f64]) -> Option<f64> {
    let n = ascending.len();
    (n >= FEWEST_FOR_P95).then(|| ascending[(n * 95).div_ceil(100) - 1])
}

/// The share of all cases that may be worse than the worst of so many, with 95 % confidence.
pub fn worse_than_all(n: u64) -> f64 {
    1.0 - 0.05f64.powf(1.0 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Conover's table A3: for six values the first and the last, for twenty the sixth and the fifteenth.
    #[test]
    fn the_interval_of_a_median_is_that_of_the_tables() {
        for (n, rank) in [(1, 0), (5, 0), (6, 1), (12, 3), (20, 6)] {
            assert_eq!(ranks_below(n), rank, "{n} values");
        }
    }

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        let Estimate { value, interval, .. } = median(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).expect("six values");
        assert_eq!((value, interval), (3.5, Some(Interval { low: 1.0, high: 6.0 })));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn nobody_tells_the_slowest_twentieth_of_nineteen() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!((p95(&values), p95(&values[..19])), (Some(19.0), None));
    }

    #[test]
    fn nothing_in_three_hundred_leaves_one_in_a_hundred_possible() {
        assert!((worse_than_all(299) - 0.01).abs() < 1e-4);
    }
}
