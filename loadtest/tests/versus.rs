//! The run command with `--against`: is a difference found where there is one, and none where there is none?

mod instrument;

use std::time::Duration;

use instrument::run;
use load::reference_server::{Act, Server};
use serde_json::Value;

const DELAY: Duration = Duration::from_millis(4);

fn as_late_as(delay: Duration) -> Server {
    Server::start(move |_, _| Act::Late(delay)).expect("loopback has a port")
}

#[track_caller]
fn versus(first: &Server, other: &Server, seed: u64, more: &[&str]) -> Value {
    let (seed, urls) = (seed.to_string(), [first.url(), other.url()]);
    let arguments = [&urls[0], "--against", &urls[1], "--seed", &seed, "--json", "-", "--rate", "500"];
    let output = run(&[&arguments, more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("--json - prints JSON and nothing else")
}

/// What was decided of each metric that could be compared.
fn winners(compared: &Value) -> Vec<&str> {
    let of = |metric: &&str| matches!(compared[*metric]["comparison"].as_str(), Some("lower" | "higher"));
    ["median", "p99", "goodput"].into_iter().filter(of).collect()
}

#[test]
fn forty_comparisons_of_a_server_with_itself_raise_two_false_alarms_at_most() {
    let server = as_late_as(DELAY);
    let mut alarms = Vec::new();
    for seed in 1..=40 {
        let compared = versus(&server, &server, seed, &["--blocks", "6", "--duration", "30ms"]);
        assert!(!compared["median"].is_null(), "{compared}");
        alarms.extend(winners(&compared).first().map(|metric| format!("seed {seed}: {metric}, {compared}")));
    }
    println!("{} false alarms in 40", alarms.len());
    assert!(alarms.len() <= 2, "{alarms:#?}");
}

#[test]
fn a_millisecond_more_is_found() {
    let (server, slower) = (as_late_as(DELAY), as_late_as(DELAY + Duration::from_millis(1)));
    let compared = versus(&server, &slower, 1, &["--blocks", "8", "--duration", "200ms"]);
    assert_eq!(compared["median"]["comparison"], "higher", "{compared}");
    let compared = versus(&slower, &server, 1, &["--blocks", "8", "--duration", "200ms"]);
    assert_eq!(compared["median"]["comparison"], "lower", "{compared}");
}

#[test]
fn a_server_that_answers_nothing_well_is_no_faster() {
    let (server, down) = (as_late_as(DELAY), Server::start(|_, _| Act::Answer(503)).expect("loopback has a port"));
    let compared = versus(&server, &down, 1, &["--blocks", "6", "--duration", "50ms"]);
    assert!(compared["median"].is_null() && compared["p99"].is_null(), "{compared}");
    assert_eq!(compared["other"]["ok"], 0, "{compared}");
}

#[test]
fn connections_that_ended_while_the_other_server_had_its_turn_cost_no_request() {
    let idle = Some(Duration::from_millis(30));
    let impatient = || Server::with_patience(idle, |_, _| Act::Late(DELAY)).expect("loopback has a port");
    let (one, other) = (impatient(), impatient());
    let urls = [one.url(), other.url()];
    let output =
        run(&[&urls[0], "--against", &urls[1], "--users", "4", "--blocks", "6", "--duration", "60ms", "--json", "-"]);
    let compared: Value = serde_json::from_slice(&output.stdout).expect("--json - prints JSON and nothing else");
    for server in ["first", "other"] {
        assert_eq!(compared[server]["connectionErrors"], 0, "{compared}");
    }
}
