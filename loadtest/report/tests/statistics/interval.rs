//! Intervals, tested: does one hold what is true, as often as it says?

use fastrand::Rng;
use report::evidence::interval::{Estimate, Interval, ratio, ratio_among, ratio_of_sets, wilson};

fn noise(seed: u64, blocks: usize) -> Vec<f64> {
    let mut rng = Rng::with_seed(seed);
    (0..blocks).map(|_| 1.0 + (rng.f64() - 0.5) * 0.1).collect()
}

fn twins(seed: u64, factor: f64) -> Vec<(f64, f64)> {
    noise(seed, 12).into_iter().zip(noise(seed + 1, 12)).map(|(a, b)| (factor * a, b)).collect()
}

fn ends(of: Option<Estimate>) -> Interval {
    of.unwrap().interval.unwrap()
}

#[test]
fn two_of_the_same_are_not_told_apart() {
    let Interval { low, high } = ends(ratio(&twins(1, 1.0)));
    assert!(low < 1.0 && 1.0 < high, "{low}–{high}");
}

#[test]
fn a_factor_of_two_is_found() {
    let found = ratio(&twins(3, 2.0));
    let (Estimate { value, .. }, Interval { low, high }) = (found.unwrap(), ends(found));
    assert!((value - 2.0).abs() < 0.05, "{value}");
    assert!(low > 1.9 && high < 2.1, "{low}–{high}");
}

#[test]
fn whoever_asks_three_questions_gets_wider_intervals() {
    let width = |questions| {
        let Interval { low, high } = ends(ratio_among(&twins(1, 1.0), questions));
        high / low
    };
    assert!(width(3) > width(1));
}

#[test]
fn what_shakes_both_sides_of_a_block_cancels() {
    let pairs = [(1.0, 2.0), (10.0, 20.0), (100.0, 200.0)];
    let Interval { low, high } = ends(ratio(&pairs));
    assert!((low - 0.5).abs() < 1e-9 && (high - 0.5).abs() < 1e-9);
}

#[test]
fn two_sets_are_compared_by_their_means_and_their_spread() {
    let (a, b) = (noise(5, 12), noise(6, 12));
    let Interval { low, high } = ends(ratio_of_sets(&a, &b));
    assert!(low < 1.0 && 1.0 < high, "{low}–{high}");
    let doubled: Vec<f64> = a.iter().map(|value| 2.0 * value).collect();
    let Interval { low, high } = ends(ratio_of_sets(&doubled, &b[..5]));
    assert!(low > 1.85 && low < 2.0 && 2.0 < high && high < 2.15, "{low}–{high}");
    assert_eq!(ratio_of_sets(&a, &[]), None);
}

#[test]
fn two_blocks_give_a_value_and_no_interval() {
    let estimate = ratio(&[(1.0, 2.0), (1.0, 2.0)]).unwrap();
    assert_eq!((estimate.value, estimate.interval), (0.5, None));
}

#[test]
fn nothing_and_less_than_nothing_have_no_ratio() {
    assert_eq!(ratio(&[]), None);
    assert_eq!(ratio(&[(1.0, 1.0), (-0.1, 1.0)]), None);
}

/// As `binom::binom.wilson` of R prints them.
#[test]
fn a_share_that_was_counted_has_wilsons_interval() {
    for (hits, of, low, high) in [(0, 10, 0.0, 0.277_533), (5, 10, 0.236_593, 0.763_407), (98, 100, 0.930_1, 0.994_5)] {
        let interval = wilson(hits, of).expect("something was tried");
        assert!((interval.low - low).abs() < 1e-3 && (interval.high - high).abs() < 1e-3, "{interval:?}");
    }
    assert_eq!(wilson(0, 0), None);
}

#[test]
fn an_exact_count_has_no_interval_to_show() {
    assert_eq!(Estimate::exact(1.5).to_string(), "1.50");
}
