//! When is the next request due?
//!
//! Every arrival pattern is behind one method, so that the generator has one loop and no special cases.

use std::time::Duration;

/// Who decides when a request is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// The server: of so many visitors, whoever got an answer asks again at once.
    Closed { users: u32 },
    /// The clock: evenly spaced.
    Constant { per_second: f64 },
    /// The clock, with the gaps of people who know nothing of each other: exponential, of the same mean.
    Poisson { per_second: f64 },
}

impl Arrivals {
    /// Is latency counted from a schedule (open), or from the moment of sending (closed)?
    pub fn is_open(self) -> bool {
        !matches!(self, Arrivals::Closed { .. })
    }
}

/// Which of the threads that share the arrivals this is.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    pub index: u32,
    pub of: u32,
}

impl Share {
    /// This thread's part of so many, and one at least.
    pub fn part(self, total: u32) -> usize {
        let part = total / self.of + u32::from(self.index < total % self.of);
        part.max(1) as usize
    }
}

/// One thread's part of the schedule. All times are counted from the start of the phase.
pub struct Pace {
    arrivals: Arrivals,
    share: Share,
    issued: u64,
    last: f64,
    random: fastrand::Rng,
}

impl Pace {
    pub fn new(arrivals: Arrivals, share: Share, seed: u64) -> Pace {
        let random = fastrand::Rng::with_seed(seed.wrapping_add(u64::from(share.index)));
        Pace { arrivals, share, issued: 0, last: 0.0, random }
    }

    /// When the next request is due; it may lie in the past, when the schedule could not be kept. `now` is what a
    /// closed loop answers.
    pub fn next_due(&mut self, now: Duration) -> Duration {
        let of = f64::from(self.share.of);
        match self.arrivals {
            Arrivals::Closed { .. } => now,
            Arrivals::Constant { per_second } => {
                // From a whole count and not by adding up gaps, which would drift.
                let position = self.issued as f64 * of + f64::from(self.share.index);
                self.issued += 1;
                Duration::from_secs_f64(position / per_second)
            }
            Arrivals::Poisson { per_second } => {
                let uniform = 1.0 - self.random.f64(); // In (0, 1], where the logarithm is finite.
                self.last -= uniform.ln() * of / per_second;
                Duration::from_secs_f64(self.last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: Share = Share { index: 0, of: 1 };

    fn dues(arrivals: Arrivals, share: Share, count: usize) -> Vec<Duration> {
        let mut pace = Pace::new(arrivals, share, 7);
        (0..count).map(|_| pace.next_due(Duration::ZERO)).collect()
    }

    #[test]
    fn a_constant_rate_does_not_drift_in_a_million_requests() {
        let last = dues(Arrivals::Constant { per_second: 3.0 }, ALONE, 1_000_001)[1_000_000];
        assert!((last.as_secs_f64() - 1_000_000.0 / 3.0).abs() < 1e-3, "{last:?}");
    }

    #[test]
    fn threads_interleave_into_the_schedule_of_one() {
        let constant = Arrivals::Constant { per_second: 1000.0 };
        let mut shared: Vec<_> = (0..3).flat_map(|index| dues(constant, Share { index, of: 3 }, 10)).collect();
        shared.sort();
        assert_eq!(shared, dues(constant, ALONE, 30));
    }

    #[test]
    fn poisson_arrivals_keep_the_mean_and_spread_as_far_as_it() {
        let times = dues(Arrivals::Poisson { per_second: 100.0 }, ALONE, 100_000);
        let gaps: Vec<f64> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((mean - 0.01).abs() < 0.0002, "mean gap {mean} s");
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.03, "an exponential spreads as far as its mean");
    }

    #[test]
    fn the_same_seed_gives_the_same_arrivals() {
        let poisson = Arrivals::Poisson { per_second: 10.0 };
        assert_eq!(dues(poisson, ALONE, 100), dues(poisson, ALONE, 100));
    }

    #[test]
    fn threads_share_visitors_without_losing_one() {
        let parts: Vec<_> = (0..3).map(|index| Share { index, of: 3 }.part(32)).collect();
        assert_eq!(parts, [11, 11, 10]);
    }

    #[test]
    fn a_closed_loop_is_due_whenever_somebody_is_free() {
        let now = Duration::from_millis(1234);
        assert_eq!(Pace::new(Arrivals::Closed { users: 1 }, ALONE, 7).next_due(now), now);
    }
}
