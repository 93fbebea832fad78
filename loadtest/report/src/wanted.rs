//! Sizing target: for how many users, requests and logins is the bill made out?

use std::time::Duration;

use serde::{Serialize, Serializer};

/// How large it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Logged in at once, each of them once.
    pub people: u64,
    /// Requests a second, of all of them together.
    pub per_second: f64,
    /// How often each of them logs in.
    #[serde(rename = "loginEverySeconds", serialize_with = "seconds")]
    pub login_every: Duration,
}

/// A company's own application, at its busiest: round numbers that are easy to multiply.
impl Default for Wanted {
    fn default() -> Wanted {
        Wanted { people: 100_000, per_second: 1_000.0, login_every: Duration::from_secs(8 * 60 * 60) }
    }
}

impl Wanted {
    pub fn logins_per_second(&self) -> f64 {
        self.people as f64 / self.login_every.as_secs_f64()
    }

    /// 8h, 1h30m.
    pub fn every(&self) -> String {
        humantime::format_duration(self.login_every).to_string().replace(' ', "")
    }

    /// As arguments: `--logged-in=100000`, `--rps=1000`, `--login-every=8h`.
    pub fn arguments(&self) -> [String; 3] {
        let Wanted { people, per_second, .. } = self;
        [format!("--logged-in={people}"), format!("--rps={per_second}"), format!("--login-every={}", self.every())]
    }
}

fn seconds<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64())
}
