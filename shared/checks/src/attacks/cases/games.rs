//! Parser games: does another way of writing the same request lead past the guard?

use anyhow::{Result, ensure};
use serde_json::json;

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, refused};
use crate::attacks::judge::verdict;
use crate::attacks::raw::{Scene, written};
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::Login;
use wire::request::Request;

/// Ways to write `/api/whoami`, none of which is it.
const DETOURS: [&str; 18] = [
    "//api/whoami",
    "/api//whoami",
    "/api/./whoami",
    "/api/../api/whoami",
    "/api/products/../whoami",
    "/api/%2e%2e/api/whoami",
    "/api%2fwhoami",
    "/api%2Fwhoami",
    "/%2fapi/whoami",
    "/api/whoami%00",
    "/api/whoami%0a",
    "/api/whoami.",
    "/api/whoami;x=1",
    "/api/whoami/",
    "/api/whoami/.",
    "/API/WHOAMI",
    "/api\\whoami",
    "/api/whoami%23",
];

const PATHS: &str = "RFC 3986 6.2; CWE-22";

pub(super) fn group() -> Group {
    let asked = |source, cell: Cell| rule(source, cell).by(tried);
    let said = |source, cell: Cell| rule(source, cell).by(written);
    let cases = [
        asked(PATHS, refused(404))
            .case("detours to a private path: `//`, `..`, `%2f`, `;x`, another case; logged in", |login| {
                DETOURS.map(|path| Request::get(path).by(login)).into()
            }),
        asked(PATHS, refused(404)).case("the same, not logged in", |_| DETOURS.map(Request::get).into()),
        asked("RFC 3986 2.3, 6.2.2.2", Cell::Accepted).case("letters of the path as `%61`, logged in", |login| {
            vec![Request::get("/api/%77hoami").by(login), Request::get("/%61pi/whoami").by(login)]
        }),
        asked("RFC 3986 2.3, 6.2.2.2", refused(401))
            .case("the same, not logged in", |_| vec![Request::get("/api/%77hoami"), Request::get("/%61pi/whoami")]),
        asked("OWASP WSTG-CONF-06", Cell::Ignored).case(
            "another path in `X-Original-URL`, `X-Rewrite-URL`, `X-Forwarded-Prefix`",
            |login| {
                let names =
                    ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Uri", "X-Original-Uri"];
                names.map(|name| Request::get(paths::WHOAMI).by(login).with(name, "/api/users/123")).into()
            },
        ),
        asked("OWASP WSTG-CONF-06", Cell::Ignored).case("a private path in those fields, not logged in", |_| {
            let names = ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"];
            names.map(|name| Request::get("/api/anonymous").with(name, paths::WHOAMI)).into()
        }),
        asked("OWASP WSTG-CONF-06", Cell::Ignored).case(
            "another method in `X-HTTP-Method-Override` or `_method`",
            |login| {
                let fields = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
                let overridden = fields.map(|name| Request::get(paths::WHOAMI).by(login).with(name, "DELETE"));
                overridden
                    .into_iter()
                    .chain([Request::get("/api/products?limit=1").with("X-Method", "DELETE")])
                    .collect()
            },
        ),
        asked("OWASP WSTG-CONF-06", refused(405)).case("a write that is to be a read by such a field", |login| {
            vec![Request::post(paths::WHOAMI).by(login).with("X-HTTP-Method-Override", "GET")]
        }),
        asked("RFC 9110 9.3.6, 9.3.8", refused(405)).case(
            "TRACE, TRACK, CONNECT, DEBUG, `get`: nothing is echoed",
            |login| {
                ["TRACE", "TRACK", "DEBUG", "PROPFIND", "get", "Get"]
                    .map(|method| Request::new(method, paths::WHOAMI).by(login).with("X-Echo", "echo-me"))
                    .into()
            },
        ),
        asked("OWASP WSTG-INPV-17", Cell::Ignored).case(
            "a host and a proxy of one's own: `Host`, `X-Forwarded-*`, `Forwarded`",
            |login| {
                let order = || Request::post(paths::ORDERS).by(login).json(&json!({ "productId": 4, "quantity": 1 }));
                let fields = [
                    ("X-Forwarded-Host", "evil.example"),
                    ("X-Forwarded-Proto", "https"),
                    ("X-Forwarded-Server", "evil.example"),
                    ("X-Host", "evil.example"),
                    ("Forwarded", "for=1.2.3.4;host=evil.example;proto=https"),
                ];
                fields.map(|(name, value)| order().with(name, value)).into()
            },
        ),
        said("RFC 9110 9.3.6", refused(404)).case("CONNECT to another host", |scene| {
            vec![
                b"CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n".to_vec(),
                scene.asking("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n", ""),
            ]
        }),
        said("RFC 9110 9.3.7", refused(404)).case("`OPTIONS *`", |scene| {
            vec![format!("OPTIONS * HTTP/1.1\r\nHost: {}\r\n\r\n", scene.host).into_bytes()]
        }),
        said("RFC 9112 3.2", Cell::Ignored).case("`Host` empty, with a path, with a user, of another site", |scene| {
            ["", "a/b", "u@h", "evil.example", "[::1", "a b"].map(|host| hosted(scene, host)).into()
        }),
        said("RFC 9112 3.2, 9.3", Cell::Accepted)
            .case("HTTP/1.0, without a host", |scene| vec![scene.asking("GET /api/whoami HTTP/1.0\r\n", "")]),
        said("RFC 9113 3.4", refused(400))
            .case("the preface of HTTP/2", |_| vec![b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()]),
        said("RFC 9112 3", refused(400)).case("a TLS hello, a line of another protocol, random bytes", |_| {
            let random: Vec<u8> = (0..=255).chain(0..=255).collect();
            vec![
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
                b"*1\r\n$4\r\nPING\r\n\r\n".to_vec(),
                random,
            ]
        }),
    ];
    Group::new("games", "Does another way of writing the same request lead past the guard?", cases)
}

type Requests = fn(&Login) -> Vec<Request>;

async fn tried(target: &Target, requests: Requests) -> Result<Cell> {
    let login = target.newcomer().await?;
    let answers = target.send_all(&requests(&login)).await?;
    for answer in &answers {
        let text = format!("{:?}{}", answer.headers, answer.text());
        ensure!(!text.contains("evil.example") && !text.contains("echo-me"), "what was sent came back: {text}");
        ensure!(!text.contains("\"username\":\"john\""), "somebody else was shown: {text}");
    }
    verdict(&answers)
}

fn hosted(scene: &Scene, host: &str) -> Vec<u8> {
    scene.asking(&format!("GET /api/whoami HTTP/1.1\r\nHost: {host}\r\n"), "")
}
