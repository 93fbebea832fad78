//! CSRF and CORS: what can another site make a browser do?
//!
//! A browser sends cookies along by itself, and a token never. So where a token says who is calling, nothing here is
//! looked at, and nothing needs to be.

use anyhow::{Result, bail, ensure};
use serde_json::json;

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, Expected, cookies, kinds, refused};
use crate::attacks::checkout::start;
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::{Login, credentials};
use wire::request::Request;
use wire::response::Response;

const FETCH: &str = "W3C Fetch Metadata; OWASP ASVS 3.5.1";
const CSRF: &str = "OWASP Cheat Sheet on CSRF";
const CORS: &str = "WHATWG Fetch, CORS protocol";

/// What `Sec-Fetch-Site` may say, as the grid names it; a browser older than that header says nothing.
const SITES: [&str; 6] = ["no header", "same-origin", "same-site", "cross-site", "none", "nonsense"];
/// What a page of our own says, a person who typed the address, and no browser at all.
const OURS: &[&str] = &["no header", "same-origin", "none"];

/// What `Origin` may say, and beside which words of `Sec-Fetch-Site` it passes; `{own}` becomes our own.
const ORIGINS: [(&str, &[&str], &[&str]); 7] = [
    ("no `Origin`", &[], OURS),
    ("`Origin` our own", &["{own}"], OURS),
    // Where TLS ends at a proxy, the server cannot know; told `--secure-cookie`, it takes https alone.
    ("`Origin` our own but for the scheme", &["https://{host}"], OURS),
    ("`Origin` our own but for the port", &["http://127.0.0.1:1"], &[]),
    ("`Origin` of another site", &["https://shop.example"], &[]),
    ("`Origin: null`", &["null"], &["same-origin", "none"]),
    ("two origins, our own among them", &["{own} https://shop.example", "https://shop.example, {own}"], &[]),
];

pub(super) fn group() -> Group {
    let mut cases = Vec::new();
    for (name, origins, passing) in ORIGINS {
        let rule = rule(FETCH, kinds(Cell::Ignored, only_with(passing.to_vec())));
        for (what, requests) in [("a write", writes as Requests), ("a login", logins as Requests)] {
            let stimulus = format!("{what}, {name}; every `Sec-Fetch-Site`");
            cases.push(rule.by(from_every_site).case(stimulus, (origins, requests)));
        }
    }
    let other = |source, expected: Expected| rule(source, expected).by(from_elsewhere);
    let of_cookies = |token| kinds(token, refused(403));
    cases.extend([
        other(CSRF, of_cookies(refused(415)))
            .case("a write as a form or as text, from another site", forms as Requests),
        other(CSRF, of_cookies(Cell::Ignored)).case("a logout, from another site", |login| vec![login.log_out()]),
        other(CORS, Cell::Accepted.into())
            .case("a read, from another site: no page there may see the answer", |login| {
                vec![login.whoami(), Request::get("/api/products").by(login)]
            }),
        other(CORS, refused(405).into()).case("a preflight, from another site", |_| {
            let asking = |path, method| Request::new("OPTIONS", path).with("Access-Control-Request-Method", method);
            vec![asking(paths::WHOAMI, "PUT"), asking(paths::ORDERS, "POST")]
        }),
        rule("RFC 6265bis 4.1.2", cookies(Cell::Held))
            .case("the cookie itself: `HttpOnly`, `SameSite=Lax`, `Path=/`, no `Domain`", attributes),
    ]);
    Group::new("cross-site", "What can another site make a browser do?", cases)
}

type Requests = fn(&Login) -> Vec<Request>;

fn writes(login: &Login) -> Vec<Request> {
    let preferences = json!({ "theme": "dark", "language": "en", "timezone": "UTC" });
    vec![Request::put(paths::PREFERENCES).by(login).json(&preferences), start(login, 1)]
}

/// Login CSRF: the victim is to act as the attacker, unknowing.
fn logins(login: &Login) -> Vec<Request> {
    vec![credentials(&login.username, "visitor")]
}

fn forms(login: &Login) -> Vec<Request> {
    let body = start(login, 1).body;
    let types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
    types.map(|name| Request::post(paths::CHECKOUT).by(login).body(name, body.clone())).into()
}

/// Which words of `Sec-Fetch-Site` let these requests through?
async fn from_every_site(target: &Target, (origins, requests): (&[&str], Requests)) -> Result<Cell> {
    let login = target.newcomer().await?;
    let mut passing = Vec::new();
    for site in SITES {
        let mut all = Vec::new();
        for request in requests(&login) {
            let request = if site == "no header" { request } else { request.with("Sec-Fetch-Site", site) };
            let said = |origin: &&str| request.clone().with("Origin", own(target, origin));
            all.extend(if origins.is_empty() { vec![request] } else { origins.iter().map(said).collect() });
        }
        match verdict(&target.send_all(&all).await?)? {
            Cell::Accepted => passing.push(site),
            Cell::Refused(statuses) if statuses == [403] => {}
            other => bail!("with {site}: {other}"),
        }
    }
    Ok(if passing == SITES { Cell::Accepted } else { only_with(passing) })
}

fn only_with(words: Vec<&'static str>) -> Cell {
    if words.is_empty() { refused(403) } else { Cell::OnlyWith(words) }
}

async fn from_elsewhere(target: &Target, requests: Requests) -> Result<Cell> {
    let login = target.newcomer().await?;
    let sent = |request: Request| request.with("Origin", "https://shop.example").with("Sec-Fetch-Site", "cross-site");
    let answers = target.send_all(&requests(&login).into_iter().map(sent).collect::<Vec<_>>()).await?;
    for answer in &answers {
        ensure!(!lets_read(answer), "another site may read the answer: {:?}", answer.headers);
    }
    verdict(&answers)
}

fn lets_read(answer: &Response) -> bool {
    answer.headers.iter().any(|(name, _)| name.starts_with("access-control-"))
}

async fn attributes(target: &Target) -> Result<Cell> {
    let answer = target.send(&credentials(&target.stranger(), "visitor")).await?;
    let set = answer.header("set-cookie");
    let named: Vec<_> = set.split(';').skip(1).map(|attribute| attribute.trim().to_ascii_lowercase()).collect();
    let has = |wanted: &str| named.iter().any(|attribute| attribute == wanted);
    ensure!(has("httponly") && has("samesite=lax") && has("path=/"), "{set}");
    ensure!(!named.iter().any(|attribute| attribute.starts_with("domain")), "{set}");
    Ok(Cell::Held)
}

fn own(target: &Target, origin: &str) -> String {
    origin.replace("{own}", target.url()).replace("{host}", target.url().trim_start_matches("http://"))
}
