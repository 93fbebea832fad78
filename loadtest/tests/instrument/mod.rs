//! Generator under test: how is it asked what it sees?

#![allow(dead_code, reason = "each test binary uses its part")]

use std::process::{Command, Output};

use load::reference_server::Server;
use serde_json::Value;

pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_loadtest")).arg("run").args(arguments).output().expect("it is built")
}

/// Runs, checks that the books balance and that they are the server's, and returns the figures.
#[track_caller]
pub(crate) fn figures(server: &Server, arguments: &[&str]) -> Value {
    let figures = figures_of(&server.url(), arguments);
    assert_eq!(count(&figures, "sent"), server.requests(), "{figures}");
    figures
}

#[track_caller]
pub(crate) fn figures_of(url: &str, arguments: &[&str]) -> Value {
    let output = run(&[&[url, "--json", "-"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let figures: Value = serde_json::from_slice(&output.stdout).expect("--json - prints JSON and nothing else");
    let http_errors: u64 =
        figures["httpErrors"].as_object().expect("an object").values().filter_map(Value::as_u64).sum();
    let failed = ["timeouts", "connectionErrors", "inFlight"].map(|name| count(&figures, name));
    assert_eq!(count(&figures, "sent"), count(&figures, "ok") + http_errors + failed.iter().sum::<u64>(), "{figures}");
    figures
}

#[track_caller]
pub(crate) fn count(figures: &Value, name: &str) -> u64 {
    figures[name].as_u64().expect(name)
}

/// `latencyMs.p99`, and the like.
#[track_caller]
pub(crate) fn milliseconds(figures: &Value, of: &str, which: &str) -> f64 {
    figures[of][which].as_f64().unwrap_or_else(|| panic!("{of}.{which}: {figures}"))
}
