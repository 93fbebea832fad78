//! Paired comparison: is one server different from another, when both were asked in turn?

use serde::Serialize;

use crate::evidence::interval::{self, Estimate};
use crate::evidence::noise::{self, Band};
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
