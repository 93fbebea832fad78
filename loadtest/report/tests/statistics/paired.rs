//! Paired differences, tested: is what happened in one block judged within it?

use report::evidence::paired::*;
use report::evidence::verdict::Comparison;

/// Blocks that share their minute of machine, and differ by noise of ±5 %; the other is slower by this factor.
fn blocks(seed: u64, count: usize, factor: f64) -> Vec<Block> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut block = || {
        let machine = 1.0 + random.f64();
        let mut noisy = |value: f64| machine * value * (1.0 + (random.f64() - 0.5) * 0.1);
        Block { first: noisy(1.0), again: noisy(1.0), other: noisy(factor) }
    };
    (0..count).map(|_| block()).collect()
}

fn winners(factor: f64, times: u64) -> usize {
    let won = |seed: &u64| {
        let judged = judge(&blocks(*seed, 8, factor), 1).expect("there are blocks");
        matches!(judged.comparison, Comparison::Lower | Comparison::Higher)
    };
    (0..times).filter(won).count()
}

#[test]
fn of_two_hundred_comparisons_with_itself_one_in_twenty_at_most_has_a_winner() {
    assert!(winners(1.0, 200) <= 10, "more than ten");
}

#[test]
fn a_tenth_more_is_found_in_nearly_all() {
    assert!(winners(1.1, 200) >= 198, "fewer than 198");
}

#[test]
fn without_blocks_there_is_nothing_to_judge() {
    assert_eq!(judge(&[], 1), None);
}
