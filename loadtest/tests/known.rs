//! Generator against a reference server: does it see what arithmetic says it must?
//!
//! Servers of known behaviour, and how each of their figures follows from it. All within 5 %, bytes within 0.5 %.

mod instrument;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use instrument::{count, figures, figures_of, milliseconds};
use load::reference_server::{Act, Server};
use serde_json::Value;

/// What is usual of these servers, and long enough that a busy machine does not matter.
const DELAY: Duration = Duration::from_millis(100);

fn server(rule: impl Fn(u64, Duration) -> Act + Send + Sync + 'static) -> Server {
    Server::start(rule).expect("loopback has a port")
}

#[track_caller]
fn close(what: &str, expected: f64, measured: f64) {
    println!("{what}: expected {expected:.1}, measured {measured:.1}"); // For the table, with --no-capture.
    assert!((measured / expected - 1.0).abs() < 0.05, "{what}: expected {expected}, measured {measured}");
}

/// Milliseconds.
#[track_caller]
fn latency(what: &str, figures: &Value, expected: [(&str, f64); 4]) {
    for (which, expected) in expected {
        close(&format!("{what}, {which}, ms"), expected, milliseconds(figures, "latencyMs", which));
    }
}

#[test]
fn a_fixed_delay_is_every_quantile_of_an_open_and_of_a_closed_loop() {
    let expected = [("p50", 100.0), ("p90", 100.0), ("p99", 100.0), ("mean", 100.0)];
    let open = figures(&server(|_, _| Act::Late(DELAY)), &["--rate", "200", "--duration", "3s"]);
    latency("fixed delay, open", &open, expected);
    assert_eq!(count(&open, "sent"), 600);
    let closed = figures(&server(|_, _| Act::Late(DELAY)), &["--users", "20", "--duration", "3s"]);
    latency("fixed delay, closed", &closed, expected);
    close("fixed delay, closed, good answers a second", 200.0, closed["goodputPerSecond"].as_f64().expect("a number"));
}

#[test]
fn one_late_reply_in_a_hundred_is_beyond_p99_and_in_the_mean() {
    let late = |number, _| Act::Late(if number % 100 == 0 { 10 * DELAY } else { DELAY });
    let figures = figures(&server(late), &["--rate", "400", "--duration", "5s"]);
    latency("every 100th late", &figures, [("p50", 100.0), ("p90", 100.0), ("p999", 1000.0), ("mean", 109.0)]);
    close("every 100th late, max, ms", 1000.0, milliseconds(&figures, "latencyMs", "max"));
}

#[test]
fn five_frozen_seconds_in_the_middle_of_fifteen_reach_whoever_came_in_them() {
    const FREEZES: Duration = Duration::from_secs(5);
    const THAWS: Duration = Duration::from_secs(10);
    let frozen = |_, since| Act::Late(if (FREEZES..THAWS).contains(&since) { THAWS - since } else { DELAY });
    let arguments = ["--rate", "100", "--duration", "15s", "--timeout", "10s", "--connections", "1000"];
    let figures = figures(&server(frozen), &arguments);
    // A third comes while it is frozen and waits evenly between 0 and 5 s: the slowest tenth of all is the slowest
    // three tenths of them.
    latency("frozen 5 s", &figures, [("p50", 100.0), ("p90", 3500.0), ("p99", 4850.0), ("mean", 900.0)]);
    assert_eq!(count(&figures, "ok"), 1500, "{figures}");
}

#[test]
fn with_few_connections_the_stall_is_in_the_latency_and_not_in_the_time_since_sending() {
    const FREEZES: Duration = Duration::from_secs(1);
    const THAWS: Duration = Duration::from_secs(3);
    let frozen = |_, since| if (FREEZES..THAWS).contains(&since) { Act::Late(THAWS - since) } else { Act::Answer(200) };
    let figures =
        figures(&server(frozen), &["--rate", "200", "--duration", "4s", "--connections", "4", "--timeout", "9s"]);
    // Half of all were due in the stall, and had to wait for it evenly between 0 and 2 s …
    close("stall, p90 since due, ms", 1600.0, milliseconds(&figures, "latencyMs", "p90"));
    // … but only four of them were sent in it. This is the error that is called coordinated omission.
    assert!(milliseconds(&figures, "sinceSentMs", "p90") < 100.0, "{figures}");
    assert_eq!(count(&figures, "sent"), 800, "{figures}");
}

#[test]
fn instant_errors_lower_the_goodput_and_not_the_latency_of_success() {
    let overloaded = |number, _| if number % 10 < 3 { Act::Answer(503) } else { Act::Late(DELAY) };
    let figures = figures(&server(overloaded), &["--rate", "200", "--duration", "3s"]);
    latency("30 % 503", &figures, [("p50", 100.0), ("p90", 100.0), ("p99", 100.0), ("mean", 100.0)]);
    assert_eq!(figures["httpErrors"], serde_json::json!({ "503": 180 }), "{figures}");
    // The last answers come a delay after the last arrivals.
    close("30 % 503, good answers a second", 420.0 / 3.1, figures["goodputPerSecond"].as_f64().expect("a number"));
}

#[test]
fn a_reset_costs_one_request_and_one_connection() {
    let breaks = |number, _| if number % 10 == 0 { Act::Reset } else { Act::Answer(200) };
    let figures = figures(&server(breaks), &["--rate", "200", "--duration", "2s", "--connections", "1"]);
    assert_eq!((count(&figures, "ok"), count(&figures, "connectionErrors")), (360, 40), "{figures}");
    assert_eq!(count(&figures, "connectionsOpened"), 40, "{figures}");
}

#[test]
fn a_slow_body_is_waited_for() {
    let slow = |_, _| Act::Slowly { pieces: 10, every: DELAY / 10 };
    let figures = figures(&server(slow), &["--rate", "100", "--duration", "2s"]);
    latency("slow body", &figures, [("p50", 101.0), ("p90", 101.0), ("p99", 101.0), ("mean", 101.0)]);
}

#[test]
fn chunks_are_put_together_and_their_connection_is_used_again() {
    let figures =
        figures(&server(|_, _| Act::Chunked(1000)), &["--rate", "100", "--duration", "1s", "--connections", "1"]);
    assert_eq!((count(&figures, "ok"), count(&figures, "connectionsOpened")), (100, 1), "{figures}");
}

#[test]
fn new_connections_are_as_many_as_were_asked_for() {
    let opened = |share: &str| {
        let arguments = ["--rate", "500", "--duration", "2s", "--connections", "4", "--new-connections", share];
        count(&figures(&server(|_, _| Act::Answer(200)), &arguments), "connectionsOpened")
    };
    assert_eq!(opened("1"), 1000);
    assert!((150..250).contains(&opened("0.2")), "{}", opened("0.2"));
}

#[test]
fn pauses_and_answers_add_up_to_the_rate_of_a_closed_loop() {
    let arguments = ["--users", "50", "--think", "400ms", "--arrivals", "poisson", "--duration", "10s"];
    let figures = figures(&server(|_, _| Act::Late(DELAY)), &arguments);
    // Little's law: 50 users, each of whom comes once in 400 + 100 ms.
    close("think time, requests a second", 100.0, count(&figures, "sent") as f64 / 10.0);
    close("think time, requests under way", 10.0, figures["concurrency"].as_f64().expect("a number"));
}

#[test]
fn steps_last_as_long_as_they_say() {
    let figures = figures(&server(|_, _| Act::Answer(200)), &["--rate", "100:1s,300:1s,50:1s"]);
    assert_eq!(count(&figures, "sent"), 450, "{figures}");
    close("steps, seconds", 3.0, figures["durationSeconds"].as_f64().expect("a number"));
}

#[test]
fn whoever_waits_for_a_free_connection_waits_no_longer_than_the_deadline() {
    let arguments = ["--rate", "100", "--duration", "1s", "--connections", "1", "--timeout", "300ms"];
    let figures = figures(&server(|_, _| Act::Silence), &arguments);
    // Sent or not, each is given up 300 ms after it was due, and the last of them was due at 990 ms.
    let (sent, never) = (count(&figures, "sent"), count(&figures, "neverSent"));
    assert_eq!((sent + never, sent), (100, count(&figures, "timeouts")), "{figures}");
    close("silence, seconds", 1.29, figures["durationSeconds"].as_f64().expect("a number"));
}

#[test]
fn every_request_of_a_high_rate_is_sent_and_none_more() {
    let arguments = ["--rate", "4000", "--duration", "1001ms", "--connections", "64", "--timeout", "10s"];
    let figures = figures(&server(|_, _| Act::Answer(200)), &arguments);
    assert_eq!(count(&figures, "sent"), 4004, "{figures}");
    assert_eq!(count(&figures, "ok"), 4004, "{figures}");
}

#[test]
fn who_sleeps_through_knows_nevertheless_when_answers_came() {
    let arguments = ["--rate", "100", "--duration", "2s", "--batch-window", "80ms"];
    let figures = figures(&server(|_, _| Act::Late(DELAY)), &arguments);
    // All that is due within 80 ms leaves at once, and answers are looked at when the next do: 160 ms after.
    latency(
        "batches, dated by the kernel",
        &figures,
        [("p50", 100.0), ("p90", 100.0), ("p99", 100.0), ("mean", 100.0)],
    );
    assert_eq!(count(&figures, "sent"), 200, "{figures}");
}

#[test]
fn bytes_are_those_that_a_proxy_in_between_counts() {
    let server = server(|number, _| if number % 2 == 0 { Act::Chunked(300) } else { Act::Answer(200) });
    let proxy = Proxy::before(server.address);
    let figures = figures_of(&proxy.url, &["--rate", "200", "--duration", "1s"]);
    for (which, counted) in [("bytesSent", &proxy.up), ("bytesReceived", &proxy.down)] {
        let (ours, counted) = (count(&figures, which) as f64, counted.load(Ordering::SeqCst) as f64);
        println!("{which}: counted by the proxy {counted}, measured {ours}");
        assert!((ours / counted - 1.0).abs() < 0.005, "{which}: {ours} and {counted}");
    }
}

/// Passes everything on, and counts it.
struct Proxy {
    url: String,
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

impl Proxy {
    fn before(server: SocketAddr) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (up, down) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let (counts_up, counts_down) = (up.clone(), down.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(server).expect("it listens");
                let (to_client, to_server) = (client.try_clone(), server.try_clone());
                let (counts_up, counts_down) = (counts_up.clone(), counts_down.clone());
                thread::spawn(move || pass(client, to_server.expect("it is open"), &counts_up));
                thread::spawn(move || pass(server, to_client.expect("it is open"), &counts_down));
            }
        });
        Proxy { url, up, down }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, counts: &AtomicU64) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        counts.fetch_add(count as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both); // The other end may be gone already.
}
