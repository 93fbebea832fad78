//! Every response: what is true of it, whatever the request was?
//!
//! Everything here goes over a real connection, byte for byte, to the middleware and extractors that both servers run.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::Value;
use server::context::{self, Part};
use server::error::Refused;
use server::extract::{Json, JsonOrEmpty, Path, Query};
use server::health::Health;
use server::limits::{self, Patience};
use server::telemetry::{self, Telemetry};
use shared::api::checkout::{Confirm, StartCheckout};
use shared::api::shop::Paging;

/// Short enough to test, long enough for a busy machine.
const PATIENCE: Patience = Patience { idle: Duration::from_millis(300), whole: Duration::from_millis(900) };

/// A server of one worker with a route for every way to fail; it ends with the test's process.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let telemetry = Telemetry::new("replica-1", HeaderValue::from_static("Test"));
    let app = move || {
        App::new()
            .app_data(PATIENCE)
            .route("/fine", web::get().to(async || "fine"))
            .service(web::resource("/only-get").route(web::get().to(async || "got")))
            .route("/start", web::post().to(async |_: Json<StartCheckout>| "started"))
            .route("/maybe", web::post().to(async |_: JsonOrEmpty<Confirm>| "confirmed"))
            .route("/list", web::get().to(async |_: Query<Paging>| "listed"))
            .route("/thing/{id}", web::get().to(async |_: Path<i64>| "thing"))
            .route("/panic", web::get().to(panic))
            .route("/empty-500", web::get().to(async || HttpResponse::InternalServerError().finish()))
            .route("/sql", web::get().to(async || context::timed(Part::Sql, async { "asked" }).await))
            .route("/id", web::get().to(async || context::request_id()))
            .route(
                "/metrics",
                web::get().to({
                    let telemetry = telemetry.clone();
                    move || std::future::ready(telemetry.render())
                }),
            )
            .wrap(telemetry::around(&telemetry, &Health::default()))
    };
    thread::spawn(move || {
        let server = || HttpServer::new(app).workers(1).client_request_timeout(PATIENCE.idle).listen(listener);
        System::new().block_on(async { server().expect("the port is ours").run().await })
    });
    address
}

async fn panic() -> Result<&'static str, Refused> {
    panic!("on purpose")
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.into_iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a deadline");
    stream
}

/// Sends the bytes and reads one answer; what is left unsaid may be said later.
fn say(stream: &mut TcpStream, request: &[u8]) -> Answer {
    stream.write_all(request).expect("the connection is open");
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("an answer in time");
        seen.push(byte[0]);
    }
    let head = String::from_utf8(seen).expect("text");
    let status = head[9..12].parse().expect("a status");
    let mut answer = Answer { status, head, body: String::new() };
    let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the whole body");
    answer.body = String::from_utf8(body).expect("text");
    answer
}

fn get(address: SocketAddr, path: &str) -> Answer {
    say(&mut connect(address), format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").as_bytes())
}

fn post(address: SocketAddr, path: &str, kind: &str, body: &str) -> Answer {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
    say(&mut connect(address), (head + body).as_bytes())
}

/// The answer is a problem of this code, and complete.
#[track_caller]
fn check(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}{}", answer.head, answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.head);
    let problem: Value = serde_json::from_str(&answer.body).expect("a JSON body");
    assert_eq!(problem["code"], code);
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("/problems/{code}"));
    assert_eq!(problem["requestId"].as_str(), answer.header("x-request-id"));
    check_head(answer);
    problem
}

#[track_caller]
fn check_head(answer: &Answer) {
    let id = answer.header("x-request-id").expect("an id");
    assert!(id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    assert_eq!(answer.header("x-served-by"), Some("replica-1"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("server-timing").is_some_and(|timing| timing.starts_with("auth;dur=")), "{}", answer.head);
    assert_eq!(answer.header("server"), None);
}

#[test]
fn every_error_is_a_problem_whoever_raised_it() {
    let at = serve();
    check(&get(at, "/nowhere"), 404, "not_found");
    check(&get(at, "/thing/x"), 400, "malformed_request");
    check(&get(at, "/list?limit=x"), 400, "malformed_request");
    check(&get(at, "/list?limit=0"), 422, "invalid_values");
    check(&get(at, "/empty-500"), 500, "internal");
    check(&post(at, "/start", "text/plain", "{}"), 415, "unsupported_media_type");
    check(&post(at, "/start", "application/json", "{"), 400, "malformed_body");
    check(&post(at, "/start", "application/json; charset=utf-8", "{}"), 422, "invalid_values");
    let refused = post(at, "/only-get", "application/json", "{}");
    check(&refused, 405, "method_not_allowed");
    assert_eq!(refused.header("allow"), Some("GET"));
}

#[test]
fn odd_targets_are_no_fault_of_the_server() {
    let at = serve();
    for target in ["/%ff%fe", "/thing/%ff", "/thing/%00", "/%", "//", "/thing/99999999999999999999", "*", "/a?%ff=%"] {
        let answer = get(at, target);
        assert!((400..500).contains(&answer.status), "{target}: {}", answer.head);
    }
    check(&get(at, &format!("/{}", "a".repeat(10_000))), 400, "malformed_request");
    // What is no HTTP at all never reaches the application: the protocol layer refuses it, without a body.
    assert_eq!(get(at, &format!("/{}", "a".repeat(70_000))).status, 400);
    assert_eq!(say(&mut connect(at), b"GET /\xff HTTP/1.1\r\nHost: test\r\n\r\n").status, 400);
    assert_eq!(say(&mut connect(at), b"nonsense\r\n\r\n").status, 400);
    assert_eq!(say(&mut connect(at), b"GET /fine HTTP/1.1\r\n\r\n").status, 400);
}

#[test]
fn wrong_values_are_named_with_their_path() {
    let body = r#"{"items": [{"productId": 1, "quantity": 0}]}"#;
    let problem = check(&post(serve(), "/start", "application/json", body), 422, "invalid_values");
    assert_eq!(problem["errors"][0]["field"], "items[0].quantity");
}

#[test]
fn a_body_may_be_left_out_where_nothing_needs_to_be_said() {
    let at = serve();
    assert_eq!(say(&mut connect(at), b"POST /maybe HTTP/1.1\r\nHost: test\r\n\r\n").status, 200);
    assert_eq!(post(at, "/maybe", "application/json", "{}").status, 200);
    check(&post(at, "/maybe", "application/json", ""), 400, "malformed_body");
    check(&post(at, "/maybe", "text/plain", "{}"), 415, "unsupported_media_type");
}

#[test]
fn too_much_is_refused_and_the_connection_closed() {
    let at = serve();
    let announced =
        b"POST /start HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 65537\r\n\r\n";
    let answer = say(&mut connect(at), announced);
    check(&answer, 413, "body_too_large");
    assert_eq!(answer.header("connection"), Some("close"));

    let chunk = format!("10001\r\n{}\r\n0\r\n\r\n", "1".repeat(65_537));
    let head =
        "POST /start HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(&say(&mut connect(at), (head.to_owned() + &chunk).as_bytes()), 413, "body_too_large");
    assert_eq!(post(at, "/start", "application/json", &format!("\"{}\"", "1".repeat(65_534))).status, 422);
}

#[test]
fn large_heads_are_refused() {
    let at = serve();
    let head = |bytes: usize| format!("GET /fine HTTP/1.1\r\nHost: test\r\nX-Large: {}\r\n\r\n", "a".repeat(bytes));
    assert_eq!(say(&mut connect(at), head(limits::HEADER_BYTES - 100).as_bytes()).status, 200);
    check(&say(&mut connect(at), head(limits::HEADER_BYTES).as_bytes()), 431, "headers_too_large");
    assert_eq!(say(&mut connect(at), head(200_000).as_bytes()).status, 431);
}

#[test]
fn whoever_is_slow_is_told_so() {
    let at = serve();
    let head = b"POST /start HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
    let mut stream = connect(at);
    let answer = say(&mut stream, head);
    check(&answer, 408, "request_timeout");
    assert_eq!(stream.read(&mut [0]).expect("closed in order"), 0);
    // The head of a request: the protocol layer answers, without a body.
    assert_eq!(say(&mut connect(at), b"GET /fine HTTP/1.1\r\n").status, 408);
}

#[test]
fn a_drip_does_not_keep_a_body_alive() {
    let at = serve();
    let mut stream = connect(at);
    let head = b"POST /start HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n";
    stream.write_all(head).expect("open");
    let mut drip = stream.try_clone().expect("a second handle");
    let dripping = thread::spawn(move || {
        while drip.write_all(b" ").is_ok() {
            thread::park_timeout(PATIENCE.idle / 3);
        }
    });
    check(&say(&mut stream, b""), 408, "request_timeout");
    drop(stream);
    dripping.join().expect("the server hung up");
}

#[test]
fn a_panic_ends_one_request_and_nothing_else() {
    let at = serve();
    let mut stream = connect(at);
    check(&say(&mut stream, b"GET /panic HTTP/1.1\r\nHost: test\r\n\r\n"), 500, "internal");
    let answer = say(&mut stream, b"GET /fine HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!((answer.status, answer.body.as_str()), (200, "fine"));
}

#[test]
fn a_trace_is_continued() {
    let at = serve();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = format!("GET /id HTTP/1.1\r\nHost: test\r\nTraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n\r\n");
    let answer = say(&mut connect(at), request.as_bytes());
    assert_eq!((answer.body.as_str(), answer.header("x-request-id")), (trace, Some(trace)));
    let parent = answer.header("traceparent").expect("continued");
    assert!(parent.starts_with(&format!("00-{trace}-")) && !parent.contains("00f067aa0ba902b7"), "{parent}");
    assert_eq!(get(at, "/id").header("traceparent"), None);
}

#[test]
fn what_is_for_one_person_is_kept_by_nobody_else() {
    let at = serve();
    let with = |field: &str, path: &str| {
        let answer = say(&mut connect(at), format!("GET {path} HTTP/1.1\r\nHost: test\r\n{field}\r\n\r\n").as_bytes());
        answer.header("cache-control").map(str::to_owned)
    };
    for field in ["Authorization: Bearer x", "Cookie: sessionId=x"] {
        assert_eq!(with(field, "/fine").as_deref(), Some("private, no-store"), "{field}");
        assert_eq!(with(field, "/nowhere").as_deref(), Some("private, no-store"), "{field}");
    }
    assert_eq!(with("Accept: */*", "/fine"), None);
    for path in ["/login", "/%6Cogin"] {
        assert_eq!(with("Accept: */*", path).as_deref(), Some("private, no-store"), "{path}");
    }
}

#[test]
fn time_and_calls_are_accounted_for() {
    let at = serve();
    let answer = get(at, "/sql");
    assert!(answer.header("server-timing").is_some_and(|timing| timing.contains("sql;dur=0.")), "{}", answer.head);
    get(at, "/thing/1");
    get(at, "/thing/2");
    let page = get(at, "/metrics").body;
    for line in [
        "sql_calls_total 1",
        "auth_calls_total 0",
        r#"http_requests_total{route="/thing/{id}",method="GET",status="200"} 2"#,
        r#"http_request_duration_seconds_count{route="/sql",method="GET",status="200"} 1"#,
    ] {
        assert!(page.lines().any(|other| other == line), "{line} is missing in\n{page}");
    }
}
