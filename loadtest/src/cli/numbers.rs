//! For whom is it priced?

use clap::Args;
use report::wanted::Wanted;

use crate::cli::values::{period, rate};

/// Of somebody's own application, for the chapter on what it would cost.
#[derive(Debug, Args)]
pub struct Numbers {
    /// So many people are logged in at once.
    #[arg(long, default_value_t = Wanted::default().people, value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub people: u64,
    /// So many requests a second come from all of them together.
    #[arg(long, value_name = "PER_SECOND", default_value_t = Wanted::default().per_second, value_parser = rate)]
    pub rps: f64,
    /// So often each of them logs in.
    #[arg(long, value_name = "PERIOD", default_value_t = Wanted::default().login_every.into(), value_parser = period)]
    pub login_every: humantime::Duration,
}

impl Numbers {
    pub fn wanted(&self) -> Wanted {
        Wanted { people: self.people, per_second: self.rps, login_every: self.login_every.into() }
    }

    /// As arguments, where they are not what they are without any.
    pub fn said(&self) -> Vec<String> {
        match self.wanted() == Wanted::default() {
            true => Vec::new(),
            false => self.wanted().arguments().to_vec(),
        }
    }
}
