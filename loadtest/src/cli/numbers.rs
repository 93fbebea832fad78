//! Sizing options: for how many users, requests and logins is the bill?

use clap::Args;
use report::experiments::sizing::findings::Wanted;
use report::words;

use crate::cli::values::{period, rate};

/// Of your own application, for the chapter on what it would cost.
#[derive(Debug, Args)]
pub struct Numbers {
    /// Users who are logged in at the same time.
    #[arg(long, alias = "people", value_name = "USERS", default_value_t = Wanted::default().people, value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub logged_in: u64,
    /// Requests per second, of all users together.
    #[arg(long, value_name = "PER_SECOND", default_value_t = Wanted::default().per_second, value_parser = rate)]
    pub rps: f64,
    /// How often each user logs in.
    #[arg(long, value_name = "PERIOD", default_value_t = Wanted::default().login_every.into(), value_parser = period)]
    pub login_every: humantime::Duration,
}

impl Numbers {
    pub fn wanted(&self) -> Wanted {
        Wanted { people: self.logged_in, per_second: self.rps, login_every: self.login_every.into() }
    }

    /// As arguments, where they are not what they are without any.
    pub fn said(&self) -> Vec<String> {
        match self.wanted() == Wanted::default() {
            true => Vec::new(),
            false => words::arguments(&self.wanted()).to_vec(),
        }
    }
}
