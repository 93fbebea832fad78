//! HTTP response parser: is a response read the same however it is cut, and is nonsense refused?

use wire::response::Response;
use wire::response_parser::{Keep, Malformed, ResponseParser};

/// Fed byte by byte, in one piece, and in two pieces cut anywhere: always the same.
#[track_caller]
fn read(wire: &str) -> Result<Option<Response>, Malformed> {
    let whole = ResponseParser::of(Keep::All).feed(wire.as_bytes());
    for cut in 1..wire.len() {
        let (first, second) = wire.as_bytes().split_at(cut);
        let mut parser = ResponseParser::of(Keep::All);
        let halves = match parser.feed(first) {
            Ok(None) => parser.feed(second),
            Ok(Some(_)) => Err(parser.feed(b"x").expect_err("whoever says more than was asked is not believed")),
            malformed => malformed,
        };
        assert_eq!(whole.is_ok(), halves.is_ok(), "cut at {cut}");
        if let (Ok(whole), Ok(halves)) = (&whole, halves) {
            assert_eq!(whole, &halves, "cut at {cut}");
        }
    }
    whole
}

#[track_caller]
fn check(wire: &str, status: u16, body: &str, reusable: bool) {
    let response = read(wire).expect("it is HTTP").expect("it is whole");
    let seen = (response.status, String::from_utf8_lossy(&response.body).into_owned(), response.reusable);
    assert_eq!(seen, (status, body.to_owned(), reusable));
}

#[test]
fn a_body_ends_where_its_length_says() {
    check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok", true);
    check("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", 503, "", true);
    check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok", 200, "ok", true);
}

#[test]
fn a_chunked_body_ends_with_its_last_chunk_and_its_trailers() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    check(&format!("{chunked}2\r\nok\r\n0\r\n\r\n"), 200, "ok", true);
    check(&format!("{chunked}1;why=not\r\no\r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n"), 200, "o0123456789", true);
}

#[test]
fn some_responses_have_no_body_whatever_their_fields_say() {
    check("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true);
    check("HTTP/1.1 304 Not Modified\r\ncontent-length: 700\r\n\r\n", 304, "", true);
    check("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n!", 200, "!", true);
}

#[test]
fn a_server_that_will_hang_up_says_so() {
    check("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n!", 200, "!", false);
    check("HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n!", 200, "!", false);
    check("HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\n!", 200, "!", true);
}

#[test]
fn without_a_length_a_body_ends_with_the_connection() {
    let mut parser = ResponseParser::of(Keep::All);
    assert_eq!(parser.feed(b"HTTP/1.1 200 OK\r\n\r\nhel"), Ok(None));
    assert_eq!(parser.feed(b"lo"), Ok(None));
    let response = parser.closed().expect("it has ended");
    assert_eq!((response.body.as_slice(), response.reusable), (&b"hello"[..], false));
}

#[test]
fn a_response_that_was_cut_off_is_none() {
    for half in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel",
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
    ] {
        let mut parser = ResponseParser::of(Keep::Nothing);
        assert_eq!(parser.feed(half.as_bytes()), Ok(None));
        assert_eq!(parser.closed(), None, "{half}");
    }
}

#[test]
fn the_first_cookie_is_kept_without_what_is_for_browsers() {
    let wire = "HTTP/1.1 200 OK\r\nset-cookie: id=a=b; HttpOnly\r\nset-cookie: x=y\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(read(wire).expect("HTTP").expect("whole").cookie.as_deref(), Some("id=a=b"));
}

#[test]
fn what_is_not_http_is_not_guessed_at() {
    for wire in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n!",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
    ] {
        assert!(read(wire).is_err(), "{wire:?}");
    }
    assert!(ResponseParser::of(Keep::Nothing).feed(format!("HTTP/1.1 200 {}", "x".repeat(70_000)).as_bytes()).is_err());
}
