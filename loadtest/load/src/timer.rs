//! Timer: how good are the clock and the alarm that everything here relies on?

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use report::recording::Latency;

use crate::poll::Poll;

/// What it costs to look at the clock.
pub fn clock_nanos() -> f64 {
    const LOOKS: u32 = 1_000_000;
    let start = Instant::now();
    for _ in 0..LOOKS {
        black_box(Instant::now());
    }
    start.elapsed().as_nanos() as f64 / f64::from(LOOKS)
}

/// How much later than it meant to a thread of the generator wakes, after so many sleeps of this length.
pub fn lateness(sleep: Duration, times: u32) -> io::Result<Latency> {
    let (mut poll, mut late, mut nothing) = (Poll::new()?, Latency::default(), Vec::new());
    for _ in 0..times {
        let now = Instant::now();
        let due = now + sleep;
        poll.wait(now, due, &mut nothing)?;
        late.record(Instant::now().saturating_duration_since(due));
    }
    Ok(late)
}
