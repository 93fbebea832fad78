//! How far is it?
//!
//! On a terminal a bar with the time left; anywhere else a plain line now and then, which a log can keep.

mod reckoning;

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use reckoning::Reckoning;
pub use reckoning::{Part, Takes};

pub struct Progress {
    bar: Option<ProgressBar>,
    what: String,
    reckoning: Reckoning,
    began: Instant,
}

impl Progress {
    /// The clock starts now.
    pub fn new(takes: Takes) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {msg}").expect("the template is well-formed");
            ProgressBar::new(takes.all().as_millis() as u64).with_style(style)
        });
        Progress { bar, what: String::new(), reckoning: Reckoning::new(takes), began: Instant::now() }
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

    /// So much of what this part was said to take is over.
    pub fn spent(&mut self, part: Part, planned: Duration) {
        self.reckoning.spent(part, planned, self.began.elapsed());
        if let Some(bar) = &self.bar {
            bar.set_position(self.reckoning.done().as_millis() as u64);
            bar.set_message(self.line());
        }
    }

    fn line(&self) -> String {
        format!("{} left · {}", told(self.reckoning.left(self.began.elapsed())), self.what)
    }
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
}
