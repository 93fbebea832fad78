//! The run command: does it count what a known server does, no more and no less?

mod instrument;

use std::time::Duration;

use instrument::{figures, run};
use load::reference_server::{Act, Server};

#[test]
fn every_third_answer_is_an_error_and_is_counted_as_one() {
    let server =
        Server::start(|number, _| Act::Answer(if number % 3 == 0 { 503 } else { 200 })).expect("loopback has a port");
    let figures = figures(&server, &["--rate", "300", "--duration", "500ms"]);
    assert_eq!(figures["sent"], 150, "{figures}");
    assert_eq!(figures["httpErrors"], serde_json::json!({ "503": 50 }), "{figures}");
    assert_eq!(figures["model"], "open");
}

#[test]
fn a_broken_connection_is_neither_an_answer_nor_forgotten() {
    let server = Server::start(|number, _| if number % 5 == 0 { Act::HangUp } else { Act::Answer(200) })
        .expect("loopback has a port");
    let figures = figures(&server, &["--rate", "200", "--duration", "500ms"]);
    assert_eq!(figures["connectionErrors"], 20, "{figures}");
    assert_eq!(figures["ok"], 80, "{figures}");
}

#[test]
fn a_silent_server_costs_every_request_its_deadline() {
    let server = Server::start(|_, _| Act::Silence).expect("loopback has a port");
    let figures = figures(&server, &["--rate", "100", "--duration", "300ms", "--timeout", "200ms"]);
    assert_eq!(figures["timeouts"], 30, "arrivals do not wait for answers: {figures}");
    assert_eq!(figures["latencyMs"]["max"], 0.0, "no good answer, no latency: {figures}");
}

#[test]
fn an_open_loop_shows_a_stall_to_all_who_came_in_it() {
    const BEGIN: Duration = Duration::from_millis(500);
    const END: Duration = Duration::from_millis(900);
    let stalls = |_, since| if (BEGIN..END).contains(&since) { Act::Late(END - since) } else { Act::Answer(200) };
    let server = Server::start(stalls).expect("loopback has a port");
    let figures = figures(&server, &["--rate", "200", "--duration", "1500ms"]);
    let at = |quantile: &str| figures["latencyMs"][quantile].as_f64().expect("a number");
    // 80 of 300 came while it stalled, and had to wait for what was left of 400 ms.
    assert!(at("max") >= 390.0, "{figures}");
    assert!(at("p90") >= 200.0, "{figures}");
    assert!(at("p50") < 100.0, "{figures}");
}

#[test]
fn an_address_where_nobody_listens_is_one_sentence_and_exit_code_2() {
    let output = run(&["http://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("nobody listens on 127.0.0.1:1") && said.trim_end().lines().count() == 1, "{said}");
}

#[test]
fn a_server_that_is_not_ours_cannot_be_logged_in_to() {
    let server = Server::start(|_, _| Act::Answer(404)).expect("loopback has a port");
    let output = run(&[&server.url(), "--credential", "bearer"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("POST /login") && said.contains("404"), "{said}");
}
