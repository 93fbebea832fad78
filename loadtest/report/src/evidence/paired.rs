//! Paired comparison: is one server different from another, when both were asked in turn?

use serde::Serialize;

use crate::evidence::interval;
use crate::evidence::interval::Estimate;
use crate::evidence::noise;
use crate::evidence::noise::Band;
use crate::evidence::verdict::{Comparison, compare};

/// One metric in one block of interleaving: the first server twice, the other one between or beside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    pub first: f64,
    pub again: f64,
    pub other: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// The other over the first.
    pub ratio: Estimate,
    /// The first over itself.
    pub band: Option<Band>,
    pub comparison: Comparison,
}

/// As one of so many questions that are asked of the same blocks, of which the answers shall be right together.
///
/// None without blocks, or when a value is not positive.
pub fn judge(blocks: &[Block], questions: u32) -> Option<Judged> {
    // Against both of the first's turns together: that is less noisy than either, and the band is of each alone, so
    // an effect must be larger than it need be.
    let pairs: Vec<_> = blocks.iter().map(|block| (block.other, (block.first * block.again).sqrt())).collect();
    let ratio = interval::ratio_among(&pairs, questions)?;
    let twins: Vec<_> = blocks.iter().map(|block| (block.first / block.again).ln()).collect();
    let band = noise::from_log_ratios(&twins);
    Some(Judged { ratio, band, comparison: compare(&ratio, band) })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
