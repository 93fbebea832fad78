//! Sureness of the law, tested: does an interval hold the truth as often as it says?

use fastrand::Rng;
use report::evidence::interval::{Estimate, Interval};
use report::experiments::scale_out::usl::{Block, Fit, Law, Source, fit};

use crate::usl::{RAYS, SPEC};

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
