//! How is it said for whom something is priced?

use crate::experiments::sizing::findings::Wanted;

/// As arguments: `--logged-in=100000`, `--rps=1000`, `--login-every=8h`.
pub fn arguments(wanted: &Wanted) -> [String; 3] {
    [
        format!("--logged-in={}", wanted.people),
        format!("--rps={}", wanted.per_second),
        format!("--login-every={}", every(wanted)),
    ]
}

/// 8h, 1h30m.
pub fn every(wanted: &Wanted) -> String {
    humantime::format_duration(wanted.login_every).to_string().replace(' ', "")
}
