//! Oversized requests: how much can one request cost?

use anyhow::Result;

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, refused};
use crate::attacks::judge::verdict;
use crate::attacks::raw::{BODY, written};
use crate::attacks::target::Target;
use shared::api::paths;
use wire::connection::Connection;
use wire::login::{Login, credentials};
use wire::request::Request;

const KIB: usize = 1024;
const LARGE: &str = "RFC 9110 15.5.14; OWASP API4:2023";
const FIELDS: &str = "RFC 6585 5";

pub(super) fn group() -> Group {
    let asked = |source, cell: Cell| rule(source, cell).by(tried);
    let said = |source, cell: Cell| rule(source, cell).by(written);
    let cases = [
        asked("RFC 9112 3", refused(400)).case("a target of 9 KiB", |login| {
            vec![
                Request::get(&format!("/api/whoami?{}", "x".repeat(9 * KIB))).by(login),
                Request::get(&format!("/{}", "a/".repeat(5 * KIB))),
            ]
        }),
        asked(FIELDS, refused(431)).case("one field of 17 KiB, many of 20 KiB in all", |login| {
            let many = (0..60).fold(login.whoami(), |request, at| request.with(&format!("X-{at}"), "x".repeat(340)));
            vec![
                login.whoami().with("X-Odd", "x".repeat(17 * KIB)),
                login.whoami().with(&"x".repeat(17 * KIB), "x"),
                many,
            ]
        }),
        said(FIELDS, refused(431)).case("a target of 200 KiB, a field of 200 KiB, a thousand fields", |scene| {
            let target = format!("GET /{} HTTP/1.1\r\nHost: x\r\n", "x".repeat(200 * KIB));
            let many: String = (0..1000).map(|at| format!("X-{at}: x\r\n")).collect();
            vec![
                scene.read(&many),
                scene.read(&format!("X-Odd: {}\r\n", "x".repeat(200 * KIB))),
                scene.asking(&target, ""),
            ]
        }),
        asked(LARGE, refused(413)).case("a body of 65 KiB, one of 1 MiB", |login| {
            [65 * KIB, 1024 * KIB]
                .map(|bytes| Request::post(paths::ORDERS).by(login).body("application/json", "x".repeat(bytes)))
                .into()
        }),
        said(LARGE, refused(413)).case("a body announced as 1 TiB, of which nothing comes", |scene| {
            vec![scene.write(&format!("Content-Length: {}\r\n", 1_u64 << 40), "")]
        }),
        rule(LARGE, refused(413)).case("a body in chunks without end", endless),
        said("RFC 9112 7.1.1, 7.1.2", Cell::Ignored)
            .case("an extension of 200 KiB to a chunk, a trailer of as much: read and thrown away", |scene| {
                wrapped(&"x".repeat(200 * KIB)).map(|body| scene.write(CHUNKED, body)).into()
            }),
        asked(LARGE, refused(413)).case("a user name of 1 MiB", |_| vec![credentials(&"x".repeat(1024 * KIB), "x")]),
        asked("OWASP ASVS 15.2.2; CWE-400", refused(422)).case("user name and password of 60 KiB", |_| {
            vec![credentials(&"x".repeat(60 * KIB), "x"), credentials("john", &"x".repeat(60 * KIB))]
        }),
        asked("RFC 8259 9; CWE-674", refused(400)).case("JSON in 33 layers, in 30,000", |login| {
            let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let object = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
            [nested(33), nested(30_000), object, "[".repeat(60_000)].map(|body| ordered(login, body)).into()
        }),
        asked("RFC 8259 6", Cell::Refused(vec![400, 422])).case("numbers of 400 digits, 10^400, -0, 2^63", |login| {
            let numbers = [&*"9".repeat(400), "1e400", "-0", "9223372036854775808", "1e-400", "NaN"];
            numbers.map(|number| ordered(login, format!("{{\"productId\":1,\"quantity\":{number}}}"))).into()
        }),
        asked("RFC 8259 4", refused(422)).case("ten thousand keys, one key ten thousand times", |login| {
            let keys: Vec<_> = (0..5000).map(|at| format!("\"k{at}\":1")).collect();
            let same = vec!["\"productId\":1"; 4000].join(",");
            [keys.join(","), same].map(|fields| ordered(login, format!("{{{fields}}}"))).into()
        }),
        asked("RFC 8259 8.1, 8.2", refused(400)).case("bytes that are no UTF-8, half a surrogate", |login| {
            let name = |name: &[u8]| [b"{\"username\":\"", name, b"\",\"password\":\"x\"}"].concat();
            let odd: [&[u8]; 4] = [b"\xff\xfe", b"\xc0\xaf", b"\\ud800", b"\xed\xa0\x80"];
            odd.map(|odd| Request::post(paths::LOGIN).by(login).body("application/json", name(odd))).into()
        }),
        asked("Unicode TR 36", refused(422)).case(
            "a name of marks upon marks, of nothing to see, of other scripts",
            |_| {
                let marks = format!("j{}", "\u{301}".repeat(63));
                [marks.as_str(), "john\u{200b}", "\u{202e}nhoj", "ĵohn", "ｊｏｈｎ", "john\0", " john"]
                    .map(|name| credentials(name, "x"))
                    .into()
            },
        ),
    ];
    Group::new("oversize", "How much can one request cost?", cases)
}

type Requests = fn(&Login) -> Vec<Request>;

async fn tried(target: &Target, requests: Requests) -> Result<Cell> {
    let login = target.newcomer().await?;
    let answers = target.send_all(&requests(&login)).await?;
    let cell = verdict(&answers)?;
    anyhow::ensure!(target.send(&login.whoami()).await?.status == 200, "the server is not well afterwards");
    Ok(cell)
}

fn ordered(login: &Login, body: String) -> Request {
    Request::post(paths::ORDERS).by(login).body("application/json", body)
}

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

/// A body in one chunk with this much around it: behind its size, and behind its end.
fn wrapped(much: &str) -> [String; 2] {
    let size = BODY.len();
    [format!("{size:x};{much}\r\n{BODY}\r\n0\r\n\r\n"), format!("{size:x}\r\n{BODY}\r\n0\r\nX: {much}\r\n\r\n")]
}

/// The server must stop reading by itself.
async fn endless(target: &Target) -> Result<Cell> {
    /// Far more than any body may have; what the kernel keeps for both sides is less.
    const CHUNKS: usize = 1024;
    let login = target.newcomer().await?;
    let mut connection = Connection::open(target.url()).await?;
    let first = Request::post(paths::ORDERS)
        .by(&login)
        .with("Content-Type", "application/json")
        .with("Transfer-Encoding", "chunked");
    let (head, _) = first.written(connection.host());
    connection.write(head).await;
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(8 * KIB));
    for _ in 0..CHUNKS {
        if !connection.write(&chunk).await {
            break;
        }
    }
    verdict(&[connection.receive().await?])
}
