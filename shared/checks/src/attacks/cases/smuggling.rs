//! Request smuggling: where does a request end, and does the server ever disagree with itself?
//!
//! A proxy in front may count the bytes of a body in another way. Then what one of them takes for a body is a request to the
//! other: with somebody else's credential, if things go badly.

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, refused};
use crate::attacks::raw::{BODY, Written, chunked, written};

const LENGTH: &str = "RFC 9112 6.2, 6.3";
const CODING: &str = "RFC 9112 6.1; CWE-444";

/// Must not get through.
const REFUSED: &[(&str, &str, Written)] = &[
    ("length and chunks both, a request behind the chunks", CODING, |scene| {
        let hiding = format!("0\r\n\r\n{}", scene.hidden());
        let lengths = [hiding.len(), 5, 0];
        let first = lengths
            .map(|length| scene.write(&format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), &hiding));
        let second = lengths
            .map(|length| scene.write(&format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"), &hiding));
        first.into_iter().chain(second).collect()
    }),
    (
        "`Transfer-Encoding` of another word: `xchunked`, `x`, `gzip, chunked`, `chunked, identity`, `chunked, chunked`",
        CODING,
        |scene| {
            let alone = ["xchunked", "x", "chunked;x", "\"chunked\"", "identity"];
            let lists = ["gzip, chunked", "chunked, identity", "identity, chunked", "chunked, chunked"];
            let words = alone.into_iter().chain(lists);
            words.map(|word| scene.write(&format!("Transfer-Encoding: {word}\r\n"), chunked())).collect()
        },
    ),
    ("`Transfer-Encoding` behind a vertical tab, a form feed, a line feed, NUL", "RFC 9112 5; RFC 9110 5.5", |scene| {
        ["\u{b}", "\u{c}", "\n", "\0", "\u{7f}"]
            .map(|odd| scene.write(&format!("Transfer-Encoding: {odd}chunked\r\n"), chunked()))
            .into()
    }),
    ("two `Transfer-Encoding`", CODING, |scene| {
        let pairs = [("chunked", "chunked"), ("chunked", "identity"), ("identity", "chunked"), ("x", "chunked")];
        pairs
            .map(|(one, other)| {
                scene.write(&format!("Transfer-Encoding: {one}\r\nTransfer-Encoding: {other}\r\n"), chunked())
            })
            .into()
    }),
    ("a space before the colon", "RFC 9112 5.1", |scene| {
        let length = BODY.len();
        vec![
            scene.write("Transfer-Encoding : chunked\r\n", chunked()),
            scene.write(&format!("Content-Length : {length}\r\n"), BODY),
            scene.write(&format!("Content-Length\t: {length}\r\n"), BODY),
        ]
    }),
    ("chunks in HTTP/1.0", "RFC 9112 6.1", |scene| {
        let text = String::from_utf8(scene.write("Transfer-Encoding: chunked\r\n", chunked())).unwrap_or_default();
        vec![text.replacen("HTTP/1.1", "HTTP/1.0", 1).into_bytes()]
    }),
    ("two lengths, the same and others; a list of them", LENGTH, |scene| {
        let length = BODY.len();
        let lines = |one: String, other: String| format!("Content-Length: {one}\r\nContent-Length: {other}\r\n");
        vec![
            scene.write(&lines(length.to_string(), "0".into()), BODY),
            scene.write(&lines("0".into(), length.to_string()), BODY),
            scene.write(&lines(length.to_string(), length.to_string()), BODY),
            scene.write(&format!("Content-Length: {length}, {length}\r\n"), BODY),
            scene.write(&format!("Content-Length: {length}, 0\r\n"), BODY),
        ]
    }),
    ("lengths that are no numbers: `+50`, `-1`, `0x32`, `5e1`, `50x`, `5 0`, nothing, 2^64", LENGTH, |scene| {
        let odd = ["+50", "-1", "-0", "0x32", "5e1", "50x", "5 0", "50.", ""];
        let large = ["18446744073709551616", "99999999999999999999999"];
        let lengths = odd.into_iter().chain(large);
        lengths.map(|length| scene.write(&format!("Content-Length: {length}\r\n"), BODY)).collect()
    }),
    ("a line folded over the next", "RFC 9112 5.2", |scene| {
        let folded = ["X-Odd: a\r\n b\r\n", "X-Odd:\r\n\tb\r\n", " X-Odd: a\r\n", "Transfer-Encoding:\r\n chunked\r\n"];
        folded.map(|lines| scene.read(lines)).into()
    }),
    ("a bare CR, NUL or other control in a value", "RFC 9110 5.5; RFC 9112 2.2", |scene| {
        ["a\rb", "a\0b", "a\u{1}b", "a\r\rb", "\u{7f}"].map(|value| scene.read(&format!("X-Odd: {value}\r\n"))).into()
    }),
    ("a field name with a space, a control, a letter of another script, or none", "RFC 9110 5.1", |scene| {
        ["X Odd: a\r\n", "X\0Odd: a\r\n", "X-Ödd: a\r\n", ": a\r\n", "X-Odd\r\n", "(X): a\r\n"]
            .map(|line| scene.read(line))
            .into()
    }),
    ("two `Host`, or none", "RFC 9112 3.2", |scene| {
        let host = &scene.host;
        vec![
            scene.read(&format!("Host: {host}\r\n")),
            scene.read("Host: other.example\r\n"),
            scene.asking("GET /api/whoami HTTP/1.1\r\n", ""),
        ]
    }),
    ("a request line with a wrong version, a control, too many words or too few", "RFC 9112 3", |scene| {
        let versions = ["GET /api/whoami HTTP/1.2", "GET /api/whoami HTTP/9.9", "GET /api/whoami http/1.1"];
        let words = ["GET /api/whoami", "GET", "GET /a b HTTP/1.1"];
        let controls = ["GET\0 / HTTP/1.1", "GET /api/\u{1}whoami HTTP/1.1"];
        let lines = versions.into_iter().chain(words).chain(controls);
        lines.map(|line| scene.asking(&format!("{line}\r\nHost: {}\r\n", scene.host), "")).collect()
    }),
    ("a chunk of a size that is none: 2^64, negative, `0x`, a space, nothing", "RFC 9112 7.1", |scene| {
        let sizes = ["10000000000000000", "fffffffffffffffff", "-1", "0x31", " 31", "3 1", "", "g", "+31"];
        sizes.map(|size| scene.login(format!("{size}\r\n{BODY}\r\n0\r\n\r\n"))).into()
    }),
    ("a chunk that is longer or shorter than it says", "RFC 9112 7.1", |scene| {
        let sizes = [BODY.len() - 1, BODY.len() - 10];
        sizes.map(|size| scene.login(format!("{size:x}\r\n{BODY}\r\n0\r\n\r\n"))).into()
    }),
];

/// Gets through, once, and hides nothing.
const ANSWERED: &[(&str, &str, Written)] = &[
    ("as a check: a length; chunks", LENGTH, |scene| {
        let length = BODY.len();
        vec![
            scene.write(&format!("Content-Length: {length}\r\n"), BODY),
            scene.write("Transfer-Encoding: chunked\r\n", chunked()),
        ]
    }),
    ("white space around a value, where it may be", "RFC 9110 5.5", |scene| {
        let length = BODY.len();
        vec![
            scene.write(&format!("Content-Length: \t {length} \t \r\n"), BODY),
            scene.write("Transfer-Encoding:\tchunked\t\r\n", chunked()),
            scene.write("tRANSFER-eNCODING:CHUNKED\r\n", chunked()),
        ]
    }),
    ("a request hidden in the body of a read, by length and by chunks", "RFC 9110 9.3.1; CWE-444", |scene| {
        let hidden = scene.hidden();
        let length = scene.read(&format!("Content-Length: {}\r\n", hidden.len()));
        let chunks = scene.read("Transfer-Encoding: chunked\r\n");
        let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());
        vec![[length, hidden.into_bytes()].concat(), [chunks, chunk.into_bytes()].concat()]
    }),
    ("empty lines before the request line", "RFC 9112 2.2", |scene| {
        vec![[b"\r\n\r\n".to_vec(), scene.read("")].concat()]
    }),
    ("a target with another host in it", "RFC 9112 3.2.2", |scene| {
        let first = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: {}\r\n", scene.host);
        ["http://other.example/api/whoami", "https://other.example:1/api/whoami"]
            .map(|target| scene.asking(&first(target), ""))
            .into()
    }),
    ("a chunk with an extension", "RFC 9112 7.1.1", |scene| {
        let chunk = |extension: &str| format!("{:x}{extension}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
        [";x", ";x=y", ";x=\"y\""]
            .map(|extension| scene.write("Transfer-Encoding: chunked\r\n", chunk(extension)))
            .into()
    }),
    ("an upgrade to HTTP/2 without TLS, or to another protocol", "RFC 9110 7.8", |scene| {
        ["h2c", "TLS/1.0", "x"].map(|name| scene.read(&format!("Connection: Upgrade\r\nUpgrade: {name}\r\n"))).into()
    }),
    ("fields that `Connection` names: the credential among them", "RFC 9110 7.6.1", |scene| {
        vec![scene.read("Connection: Authorization, Cookie\r\n"), scene.read("Connection: keep-alive, Host\r\n")]
    }),
];

/// A credential where none can be.
const UNKNOWN: &[(&str, &str, Written)] = &[("a credential in a trailer", "RFC 9110 6.5.1", |scene| {
    let head = format!(
        "POST /api/orders HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nTrailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n",
        scene.host
    );
    let body = format!("2\r\n{{}}\r\n0\r\n{}\r\n\r\n", scene.credential);
    vec![(head + &body).into_bytes()]
})];

pub(super) fn group() -> Group {
    let cases = |rows: &'static [(&'static str, &'static str, Written)], cell: Cell| {
        rows.iter().map(move |(stimulus, source, write)| rule(source, cell.clone()).by(written).case(*stimulus, *write))
    };
    let cases = cases(REFUSED, refused(400)).chain(cases(ANSWERED, Cell::Accepted)).chain(cases(UNKNOWN, refused(401)));
    Group::new("smuggling", "Where does a request end, and does the server ever disagree with itself?", cases)
}
