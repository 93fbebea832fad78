//! Arrival schedule: when is the next request due?
//!
//! Every arrival pattern is behind one method, so that the generator has one loop and no special cases.

use std::time::Duration;

use report::recording::Aim;

/// Who decides when a request is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// The server: of so many users, whoever got an answer pauses and asks again.
    Closed { users: u32, think: ThinkTime },
    /// The clock, whoever is free.
    Open { steps: Vec<RateStep>, process: ArrivalProcess },
}

/// So many requests a second, for so long; the last step of a schedule goes on for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateStep {
    pub per_second: f64,
    pub lasts: Duration,
}

/// How the gaps between arrivals, or the pauses of users, differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ArrivalProcess {
    /// Not at all.
    #[default]
    Constant,
    /// As those of users who know nothing of each other: exponentially, with the same mean.
    Poisson,
}

/// The pause between an answer and the next request of a user.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ThinkTime {
    pub mean: Duration,
    pub process: ArrivalProcess,
}

impl Arrivals {
    pub fn constant(per_second: f64) -> Arrivals {
        let steps = vec![RateStep { per_second, lasts: Duration::ZERO }];
        Arrivals::Open { steps, process: ArrivalProcess::Constant }
    }

    /// Users who ask again at once.
    pub fn closed(users: u32) -> Arrivals {
        Arrivals::Closed { users, think: ThinkTime::default() }
    }

    /// What a run by them is to tell, if nobody says otherwise.
    pub fn aim(&self) -> Aim {
        if self.is_open() { Aim::Latency } else { Aim::Throughput }
    }

    /// Is latency counted from a schedule (open), or from the moment of sending (closed)?
    pub fn is_open(&self) -> bool {
        matches!(self, Arrivals::Open { .. })
    }
}

/// Which of the threads that share the arrivals this is.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    pub index: u32,
    pub of: u32,
}

impl Share {
    /// This thread's part of so many.
    pub fn part(self, total: u32) -> usize {
        (total / self.of + u32::from(self.index < total % self.of)) as usize
    }
}

/// One thread's part of an open schedule. All times are counted from the start of the phase.
pub struct Pace {
    steps: Vec<RateStep>,
    process: ArrivalProcess,
    share: Share,
    batch_window: Duration,
    /// Of the phase.
    lasts: Duration,
    issued: u64,
    /// How many arrivals a Poisson process has come to, as a sum of exponential gaps.
    reached: f64,
    random: fastrand::Rng,
}

impl Pace {
    /// What is due within `batch_window` leaves together at its beginning, where that is more than one request.
    pub fn new(
        arrivals: (&[RateStep], ArrivalProcess),
        share: Share,
        batch_window: Duration,
        lasts: Duration,
        seed: u64,
    ) -> Pace {
        let (steps, process) = arrivals;
        let random = fastrand::Rng::with_seed(seed.wrapping_add(u64::from(share.index)));
        Pace { steps: steps.to_vec(), process, share, batch_window, lasts, issued: 0, reached: 0.0, random }
    }

    /// When the next request leaves, were the schedule kept. None: it is not due within the phase.
    pub fn next_due(&mut self) -> Option<Duration> {
        let of = f64::from(self.share.of);
        let position = match self.process {
            // From a whole count and not by adding up gaps, which would drift.
            ArrivalProcess::Constant => self.issued as f64 * of + f64::from(self.share.index),
            ArrivalProcess::Poisson => {
                self.reached += exponential(&mut self.random) * of;
                self.reached
            }
        };
        self.issued += 1;
        let (due, step) = self.moment(position)?;
        (due < self.lasts).then(|| self.batched(due, step))
    }

    /// When, and in which step, the schedule has let so many pass: each step lets its rate pass in each of its seconds. (For Poisson arrivals
    /// that is the time change of an inhomogeneous process: Çinlar, *Introduction to Stochastic Processes*, 1975.)
    fn moment(&self, mut position: f64) -> Option<(Duration, RateStep)> {
        let mut begins = Duration::ZERO;
        let last = self.steps.len().saturating_sub(1);
        for (number, step) in self.steps.iter().enumerate() {
            let passes = step.per_second * step.lasts.as_secs_f64();
            if number == last || position < passes {
                return Some((begins + Duration::try_from_secs_f64(position / step.per_second).ok()?, *step));
            }
            position -= passes;
            begins += step.lasts;
        }
        None
    }

    fn batched(&self, due: Duration, step: RateStep) -> Duration {
        let in_batch = step.per_second / f64::from(self.share.of) * self.batch_window.as_secs_f64();
        if in_batch <= 1.0 {
            return due;
        }
        let batch_window = self.batch_window.as_nanos() as u64;
        Duration::from_nanos((due.as_nanos() as u64) / batch_window * batch_window)
    }
}

impl ThinkTime {
    pub fn pause(&self, random: &mut fastrand::Rng) -> Duration {
        match self.process {
            ArrivalProcess::Constant => self.mean,
            ArrivalProcess::Poisson => self.mean.mul_f64(exponential(random)),
        }
    }
}

/// Of mean 1.
fn exponential(random: &mut fastrand::Rng) -> f64 {
    -(1.0 - random.f64()).ln() // The argument lies in (0, 1], where the logarithm is finite.
}
