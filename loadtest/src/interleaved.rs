//! Order of measurements: whose turn is it, so that a machine that drifts favours nobody?

/// Every arm once per block, in an order drawn from the seed; each second block runs the one before it backwards, so
/// that whatever drifts on this machine drifts through all arms alike.
pub struct Interleaved {
    random: fastrand::Rng,
    order: Vec<usize>,
}

impl Interleaved {
    pub fn new(arms: usize, seed: u64) -> Interleaved {
        Interleaved { random: fastrand::Rng::with_seed(seed), order: (0..arms).collect() }
    }

    /// Which arm's turn it is, one after the other.
    pub fn block(&mut self, number: u32) -> Vec<usize> {
        if number.is_multiple_of(2) {
            self.random.shuffle(&mut self.order);
        } else {
            self.order.reverse();
        }
        self.order.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arm_has_its_turn_in_every_block_and_every_second_block_runs_backwards() {
        let mut interleaved = Interleaved::new(11, 42);
        let blocks: Vec<_> = (0..4).map(|number| interleaved.block(number)).collect();
        for pair in blocks.chunks(2) {
            assert!(pair[0].iter().eq(pair[1].iter().rev()), "{blocks:?}");
            assert!((0..11).all(|arm| pair[0].contains(&arm)), "{blocks:?}");
        }
        assert_ne!(blocks[0], blocks[2], "drawn anew");
    }
}
