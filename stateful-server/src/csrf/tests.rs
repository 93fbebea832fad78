//! CSRF protection, tested: who is let in, and what does another site's page get?

use std::net::TcpListener;

use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use server::health::Health;
use server::telemetry::{self, Telemetry};
use shared::api::problem::Problem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

const HTTP: bool = false;
const HTTPS: bool = true;

/// A request for `shop.example`, by header fields, to a server with or without `--secure-cookie`, and whether it passes.
#[track_caller]
fn check(https_only: bool, method: Method, fields: &[(&str, &str)], passes: bool) {
    let allowed = ["https://friend.example", "https://port.example:8443"].map(|text| text.parse().unwrap());
    let mut request = TestRequest::default().method(method.clone());
    if !fields.iter().any(|(name, _)| *name == "Host") {
        request = request.insert_header((header::HOST, "shop.example"));
    }
    for field in fields {
        request = request.append_header(*field);
    }
    let request = request.to_http_request();
    let admitted = Csrf::new(&allowed, https_only).admit(&method, request.uri(), request.headers());
    assert_eq!(admitted, passes, "{method} {fields:?}");
}

const SITE: &str = "Sec-Fetch-Site";
const ORIGIN: &str = "Origin";

#[test]
fn what_changes_nothing_always_passes() {
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
        check(HTTP, method.clone(), &[], true);
        check(HTTPS, method, &[(SITE, "cross-site"), (ORIGIN, "https://evil.example")], true);
    }
}

#[test]
fn what_changes_something_passes_from_here_and_from_no_page() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::from_bytes(b"BREW").unwrap()] {
        for (site, passes) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
            ("Same-Origin", false),
            ("same-origin, cross-site", false),
            ("anything", false),
        ] {
            check(HTTP, method.clone(), &[(SITE, site)], passes);
            check(HTTPS, method.clone(), &[(SITE, site)], passes);
        }
        check(HTTP, method.clone(), &[], true);
        check(HTTPS, method, &[], true);
    }
}

#[test]
fn without_fetch_metadata_the_origin_must_be_the_host() {
    for (origin, over_http, over_https) in [
        ("https://shop.example", true, true),
        ("https://shop.example:443", true, true),
        ("https://SHOP.example", true, true),
        ("http://shop.example", true, false),
        ("http://shop.example:80", true, false),
        ("https://shop.example:80", false, false),
        ("https://shop.example:8443", false, false),
        ("https://evil.example", false, false),
        ("https://shop.example.evil.example", false, false),
        ("https://evilshop.example", false, false),
        ("https://shop.example@evil.example", false, false),
        ("https://shop.example, https://evil.example", false, false),
        ("https://shop.example/", false, false),
        ("shop.example", false, false),
        ("null", false, false),
        ("", false, false),
    ] {
        check(HTTP, Method::POST, &[(ORIGIN, origin)], over_http);
        check(HTTPS, Method::POST, &[(ORIGIN, origin)], over_https);
        for site in ["same-site", "cross-site", "anything"] {
            check(HTTP, Method::POST, &[(SITE, site), (ORIGIN, origin)], false);
        }
    }
    check(HTTP, Method::POST, &[("Host", "127.0.0.1:8082"), (ORIGIN, "http://127.0.0.1:8082")], true);
    check(HTTP, Method::POST, &[("Host", "127.0.0.1:8082"), (ORIGIN, "http://localhost:8082")], false);
    check(HTTP, Method::POST, &[("Host", "127.0.0.1:8082"), (ORIGIN, "http://127.0.0.1:8081")], false);
    check(HTTP, Method::POST, &[("Host", "[::1]:8082"), (ORIGIN, "http://[::1]:8082")], true);
    check(HTTP, Method::POST, &[("Host", ""), (ORIGIN, "http://shop.example")], false);
    check(HTTP, Method::POST, &[("X-Forwarded-Host", "evil.example"), (ORIGIN, "http://evil.example")], false);
    check(HTTP, Method::POST, &[("Forwarded", "host=evil.example"), (ORIGIN, "http://evil.example")], false);
}

#[test]
fn fields_that_contradict_each_other_are_believed_in_neither() {
    for site in ["same-origin", "none"] {
        check(HTTP, Method::POST, &[(SITE, site), (ORIGIN, "https://shop.example")], true);
        check(HTTP, Method::POST, &[(SITE, site), (ORIGIN, "null")], true);
        check(HTTP, Method::POST, &[(SITE, site), (ORIGIN, "https://evil.example")], false);
        check(HTTPS, Method::POST, &[(SITE, site), (ORIGIN, "http://shop.example")], false);
        check(HTTP, Method::POST, &[(SITE, site), (SITE, site)], false);
        check(HTTP, Method::POST, &[(SITE, site), (SITE, "cross-site")], false);
    }
    check(HTTP, Method::POST, &[(ORIGIN, "http://shop.example"), (ORIGIN, "http://shop.example")], false);
    check(HTTP, Method::POST, &[(ORIGIN, "http://shop.example"), (ORIGIN, "https://friend.example")], false);
    check(HTTP, Method::POST, &[("Host", "shop.example"), ("Host", "a"), (ORIGIN, "http://shop.example")], false);
}

#[test]
fn an_origin_on_the_list_passes() {
    for (origin, passes) in [
        ("https://friend.example", true),
        ("https://friend.example:443", true),
        ("https://Friend.Example", true),
        ("https://port.example:8443", true),
        ("http://friend.example", false),
        ("https://friend.example:8443", false),
        ("https://port.example", false),
        ("https://a.friend.example", false),
    ] {
        for site in ["cross-site", "same-site"] {
            check(HTTPS, Method::POST, &[(SITE, site), (ORIGIN, origin)], passes);
        }
        check(HTTPS, Method::POST, &[(ORIGIN, origin)], passes);
    }
}

#[actix_web::test]
async fn another_page_gets_a_problem_before_its_body_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let telemetry = Telemetry::new("here", HeaderValue::from_static("Cookie"));
    let app = move || {
        let read = web::post().to(async |_: Bytes| HttpResponse::NoContent());
        let guarded = web::scope("").wrap(Csrf::new(&[], HTTP).guard()).route("/login", read);
        App::new().wrap(telemetry::around(&telemetry, &Health::default())).service(guarded)
    };
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        "POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !answer.ends_with('}') {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.unwrap();
        assert!(length > 0, "ended after {answer:?}");
        answer.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    for field in ["content-type: application/problem+json", "x-served-by: here", "cache-control: private, no-store"] {
        assert!(head.to_ascii_lowercase().contains(field), "{head}");
    }
    let problem: Problem = serde_json::from_str(body).unwrap();
    assert_eq!(problem.code, Code::CrossSite);
    assert!(!problem.request_id.is_empty());
    handle.stop(false).await;
}
