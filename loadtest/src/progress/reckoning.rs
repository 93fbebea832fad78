//! How long does the rest still take, by what it was said to take and by what it took so far?

use std::time::Duration;

/// What a run consists of, for its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Fleets are started and held against their contract.
    Starts,
    /// Experiments are carried out.
    Experiments,
}

/// What each part is said to take.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    pub starts: Duration,
    pub experiments: Duration,
}

impl Takes {
    pub fn all(self) -> Duration {
        self.starts + self.experiments
    }
}

/// What is planned and what it took, part by part: how long a start takes depends on the machine, and a stretch of load
/// takes what the plan says on any.
#[derive(Debug)]
pub(super) struct Reckoning {
    parts: [Ledger; 2],
    /// Up to here it is known what the time was spent on.
    accounted: Duration,
}

#[derive(Debug, Default)]
struct Ledger {
    planned: Duration,
    /// Of the planned.
    done: Duration,
    /// By the clock.
    took: Duration,
}

/// So much of the plan's own word counts like experience: a first step that took twice as long does not double the rest.
const TRUSTED: Duration = Duration::from_secs(5);

impl Reckoning {
    pub(super) fn new(takes: Takes) -> Reckoning {
        let part = |planned| Ledger { planned, ..Ledger::default() };
        Reckoning { parts: [part(takes.starts), part(takes.experiments)], accounted: Duration::ZERO }
    }

    /// At `now` on a clock that began with the run, so much of what was planned is over. All time since the last call
    /// went into it.
    pub(super) fn spent(&mut self, part: Part, planned: Duration, now: Duration) {
        let ledger = &mut self.parts[part as usize];
        ledger.done = (ledger.done + planned).min(ledger.planned);
        ledger.took += now.saturating_sub(self.accounted);
        self.accounted = now;
    }

    /// Of all that is planned.
    pub(super) fn done(&self) -> Duration {
        self.parts.iter().map(|part| part.done).sum()
    }

    /// What is still planned, as many times as long as it took so far; less what went by since the last call.
    pub(super) fn left(&self, now: Duration) -> Duration {
        let rest: Duration = self.parts.iter().map(Ledger::left).sum();
        rest.saturating_sub(now.saturating_sub(self.accounted))
    }
}

impl Ledger {
    fn left(&self) -> Duration {
        let slower = (self.took + TRUSTED).as_secs_f64() / (self.done + TRUSTED).as_secs_f64();
        (self.planned - self.done).mul_f64(slower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn reckoning(starts: f64, experiments: f64) -> Reckoning {
        Reckoning::new(Takes { starts: seconds(starts), experiments: seconds(experiments) })
    }

    #[track_caller]
    fn check(reckoning: &Reckoning, now: f64, expected: f64) {
        let left = reckoning.left(seconds(now)).as_secs_f64();
        assert!((left - expected).abs() < 0.05, "{left} s left at {now} s, and not {expected}");
    }

    #[test]
    fn a_plan_that_holds_counts_down_with_the_clock() {
        let mut reckoning = reckoning(2.0, 100.0);
        check(&reckoning, 0.0, 102.0);
        check(&reckoning, 1.5, 100.5);
        reckoning.spent(Part::Starts, seconds(2.0), seconds(2.0));
        check(&reckoning, 2.0, 100.0);
        for second in 1..=100 {
            let now = 2.0 + f64::from(second);
            reckoning.spent(Part::Experiments, seconds(1.0), seconds(now));
            check(&reckoning, now, 102.0 - now);
        }
        assert_eq!(reckoning.done(), seconds(102.0));
    }

    #[test]
    fn what_takes_twice_as_long_is_soon_foretold_to() {
        let mut reckoning = reckoning(0.0, 100.0);
        for second in 1..=50 {
            reckoning.spent(Part::Experiments, seconds(1.0), seconds(2.0 * f64::from(second)));
        }
        let left = reckoning.left(seconds(100.0)).as_secs_f64();
        assert!((90.0..=100.0).contains(&left), "{left} s, and 100 are left");
    }

    #[test]
    fn one_slow_step_does_not_frighten_anybody() {
        let mut reckoning = reckoning(0.0, 100.0);
        reckoning.spent(Part::Experiments, seconds(0.1), seconds(0.2));
        check(&reckoning, 0.2, 99.9 * 5.2 / 5.1);
    }

    #[test]
    fn slow_starts_say_nothing_of_the_experiments() {
        let mut reckoning = reckoning(10.0, 100.0);
        reckoning.spent(Part::Starts, seconds(5.0), seconds(20.0));
        check(&reckoning, 20.0, 5.0 * 2.5 + 100.0);
    }

    #[test]
    fn what_takes_longer_than_it_may_is_not_less_than_nothing() {
        let mut reckoning = reckoning(0.0, 2.0);
        check(&reckoning, 9.0, 0.0);
        reckoning.spent(Part::Experiments, seconds(3.0), seconds(10.0));
        check(&reckoning, 10.0, 0.0);
        assert_eq!(reckoning.done(), seconds(2.0));
    }
}
