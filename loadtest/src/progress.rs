//! Progress: how far is it, and how long does the rest take?
//!
//! On a terminal a bar with the time left; anywhere else a plain line now and then, which a log can keep.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress {
    bar: Option<ProgressBar>,
    what: String,
    planned: Duration,
    /// Of the planned.
    done: Duration,
    began: Instant,
}

/// So much of the plan's own word counts like experience: a first step that took twice as long does not double the rest.
const TRUSTED: Duration = Duration::from_secs(5);

impl Progress {
    /// The clock starts now.
    pub fn new(planned: Duration) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {msg}").expect("the template is well-formed");
            ProgressBar::new(planned.as_millis() as u64).with_style(style)
        });
        Progress { bar, what: String::new(), planned, done: Duration::ZERO, began: Instant::now() }
    }

    /// What begins now.
    pub fn say(&mut self, what: impl Into<String>) {
        self.what = what.into();
        match &self.bar {
            Some(bar) => bar.set_message(self.line()),
            // Nobody may be reading any more; that must not end the run before it has cleaned up behind itself.
            None => drop(writeln!(std::io::stderr(), "{}", self.line())),
        }
    }

    /// So much of what was planned is over.
    pub fn spent(&mut self, planned: Duration) {
        self.done = (self.done + planned).min(self.planned);
        if let Some(bar) = &self.bar {
            bar.set_position(self.done.as_millis() as u64);
            bar.set_message(self.line());
        }
    }

    fn line(&self) -> String {
        format!("{} left · {}", told(left(self.planned, self.done, self.began.elapsed())), self.what)
    }
}

/// What is still planned, as many times as long as what is done took.
fn left(planned: Duration, done: Duration, took: Duration) -> Duration {
    let slower = (took + TRUSTED).as_secs_f64() / (done + TRUSTED).as_secs_f64();
    (planned - done).mul_f64(slower)
}

/// 45 s, 12 min 05 s.
pub fn told(left: Duration) -> String {
    match (left.as_secs_f64().round() as u64, 60) {
        (seconds, minute) if seconds < 2 * minute => format!("{seconds} s"),
        (seconds, minute) => format!("{} min {:02} s", seconds / minute, seconds % minute),
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_in_minutes_where_there_are_many_seconds() {
        let cases = [(0.4, "0 s"), (59.6, "60 s"), (119.0, "119 s"), (120.0, "2 min 00 s"), (725.2, "12 min 05 s")];
        for (seconds, expected) in cases {
            assert_eq!(told(Duration::from_secs_f64(seconds)), expected);
        }
    }

    #[test]
    fn the_rest_takes_as_many_times_as_long_as_what_is_done_and_one_slow_step_does_not_double_it() {
        for (done, took, expected) in [(0.0, 0.0, 100.0), (50.0, 50.0, 50.0), (95.0, 195.0, 10.0), (5.0, 10.0, 142.5)] {
            let [planned, done, took] = [100.0, done, took].map(Duration::from_secs_f64);
            assert_eq!(left(planned, done, took), Duration::from_secs_f64(expected), "{done:?} done in {took:?}");
        }
    }
}
