//! How far is it?
//!
//! On a terminal a bar with the time left; anywhere else a plain line now and then, which a log can keep.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress {
    bar: Option<ProgressBar>,
    what: String,
    total: Duration,
    spent: Duration,
}

impl Progress {
    /// `total` is what the plan costs, without what comes before and after it.
    pub fn new(total: Duration) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {msg}").expect("the template is well-formed");
            ProgressBar::new(total.as_millis() as u64).with_style(style)
        });
        Progress { bar, what: String::new(), total, spent: Duration::ZERO }
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

    /// So much of the total is over.
    pub fn spent(&mut self, more: Duration) {
        self.spent += more;
        if let Some(bar) = &self.bar {
            bar.set_position(self.spent.as_millis() as u64);
            bar.set_message(self.line());
        }
    }

    fn line(&self) -> String {
        format!("{:.0} s left · {}", self.total.saturating_sub(self.spent).as_secs_f64(), self.what)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
