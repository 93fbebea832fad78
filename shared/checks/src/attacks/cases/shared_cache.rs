//! Shared cache: does one ever give one person what is another's?
//!
//! The cache is as naive as they come: its key is the target alone, and what does not say otherwise is kept.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::Cell;
use crate::attacks::checkout::start;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::client;
use wire::login::{Login, credentials};
use wire::request::Request;
use wire::response::Response;

const KEPT: &str = "RFC 9111 3, 3.5; OWASP ASVS 14.2.2";

/// Reads that are for one person. `{id}` is the id of the first to ask.
const PRIVATE: [&str; 8] = [
    paths::WHOAMI,
    paths::PROFILE,
    paths::PREFERENCES,
    paths::DATA,
    paths::ORDERS,
    paths::CHECKOUT,
    paths::SESSIONS,
    paths::USER,
];

/// Targets that a cache may take for a picture, and a careless server for a private path.
const DECEPTIONS: [&str; 6] = ["/x.css", "/..%2fx.css", ";x.css", "%3bx.css", "?x.css", "%23x.css"];

pub(super) fn group() -> Group {
    let (kept, held) = (rule(KEPT, Cell::Held), |source| rule(source, Cell::Held));
    let cases = [
        kept.case("two people ask every private path in turn", private),
        kept.case("nobody asks first: is a refusal kept for who may ask?", refusals),
        kept.case("an order that another may not see, then its owner asks", orders),
        held("OWASP ASVS 14.2.5").case("a private path with an ending as of a picture", deceptions),
        held("RFC 9111 3, 7.3").case("two people log in through it", logins),
        held("RFC 9111 7.3; RFC 6265 3").case("products are kept, whoever asked, without a cookie", products),
        held("CWE-349").case("fields that are no part of the key, to spoil a product for all", poison),
    ];
    Group::new("shared-cache", "Does a cache that many share ever give one person what is another's?", cases)
}

async fn send(target: &Target, request: &Request) -> Result<Response> {
    Ok(client::send(&target.cache, request).await?)
}

/// Comes from the server, not from the cache.
fn is_fresh(answer: &Response, what: &str) -> Result<()> {
    ensure!(answer.header("x-cache") != "HIT", "{what} came from the cache: {}", answer.text());
    Ok(())
}

async fn private(target: &Target) -> Result<Cell> {
    let (one, other) = (buyer(target).await?, buyer(target).await?);
    for path in PRIVATE {
        let path = path.replace("{id}", &one.id.to_string());
        for asking in [&one, &other, &one, &other] {
            let question = Request::get(&path).by(asking);
            let (seen, direct) = (send(target, &question).await?, target.send(&question).await?);
            is_fresh(&seen, &path)?;
            let (seen, direct) = (lasting(&seen), lasting(&direct));
            ensure!(seen == direct, "{path} of {}: {seen:?} through the cache, {direct:?} without", asking.username);
        }
    }
    Ok(Cell::Held)
}

/// Status and body, without what differs from request to request.
fn lasting(answer: &Response) -> (u16, Value) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut entries = if let Value::Array(entries) = body { entries } else { vec![body] };
    for fields in entries.iter_mut().filter_map(Value::as_object_mut) {
        fields.retain(|name, _| !["requestId", "expiresAt", "lastSeenAt"].contains(&name.as_str()));
    }
    (answer.status, entries.into())
}

/// Somebody with an order and a checkout under way, where the server remembers it.
async fn buyer(target: &Target) -> Result<Login> {
    let login = target.newcomer().await?;
    let order = json!({ "productId": 5, "quantity": 1 });
    ensure!(target.send(&Request::post(paths::ORDERS).by(&login).json(&order)).await?.status == 201, "no order");
    let own = start(&login, login.id % 90 + 1);
    ensure!(target.send(&own).await?.status == 201, "no checkout");
    Ok(login)
}

async fn refusals(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    for path in PRIVATE {
        let path = format!("{}?fresh", path.replace("{id}", &login.id.to_string()));
        let refused = send(target, &Request::get(&path)).await?;
        ensure!(refused.status == 401, "{path}: {}", refused.status);
        let seen = send(target, &Request::get(&path).by(&login)).await?;
        is_fresh(&seen, &path)?;
        ensure!(seen.status != 401, "{path} is refused to who is logged in");
    }
    Ok(Cell::Held)
}

async fn orders(target: &Target) -> Result<Cell> {
    let (owner, other) = (buyer(target).await?, target.newcomer().await?);
    let orders = target.send(&Request::get(paths::ORDERS).by(&owner)).await?.json(200)?;
    let id = orders["items"][0]["id"].as_i64().context("no order")?;
    let path = paths::ORDER.replace("{id}", &id.to_string());
    let absent = send(target, &Request::get(&path).by(&other)).await?;
    let seen = send(target, &Request::get(&path).by(&owner)).await?;
    let again = send(target, &Request::get(&path).by(&other)).await?;
    is_fresh(&seen, &path)?;
    let statuses = [absent.status, seen.status, again.status];
    ensure!(statuses == [404, 200, 404], "{path}: {statuses:?}");
    Ok(Cell::Held)
}

async fn deceptions(target: &Target) -> Result<Cell> {
    let (victim, attacker) = (target.newcomer().await?, target.newcomer().await?);
    for ending in DECEPTIONS {
        let path = format!("{}{ending}", paths::WHOAMI);
        send(target, &Request::get(&path).by(&victim)).await?;
        let seen = send(target, &Request::get(&path).by(&attacker)).await?;
        ensure!(!seen.text().contains(&victim.username), "{path} shows the victim: {}", seen.text());
        let unknown = send(target, &Request::get(&path)).await?;
        ensure!(!unknown.text().contains("username"), "{path} shows somebody: {}", unknown.text());
    }
    Ok(Cell::Held)
}

async fn logins(target: &Target) -> Result<Cell> {
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let answer = send(target, &credentials(&target.stranger(), "visitor")).await?;
        is_fresh(&answer, "a login")?;
        secrets.push(Login::of(&answer)?.secret().to_owned());
    }
    ensure!(secrets[0] != secrets[1], "two people, one credential");
    Ok(Cell::Held)
}

async fn products(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    for path in ["/api/products?limit=7", "/api/products/9"] {
        let first = send(target, &Request::get(path).by(&login)).await?;
        let second = send(target, &Request::get(path)).await?;
        ensure!(second.header("x-cache") == "HIT", "{path} is not kept: {:?}", second.headers);
        for answer in [first, second] {
            ensure!(answer.status == 200 && answer.header("set-cookie").is_empty(), "{path}: {:?}", answer.headers);
        }
    }
    Ok(Cell::Held)
}

async fn poison(target: &Target) -> Result<Cell> {
    let clean = target.send(&Request::get("/api/products/11")).await?;
    let spoilt = Request::get("/api/products/11")
        .with("X-Forwarded-Host", "evil.example")
        .with("X-Original-URL", "/api/products/12")
        .with("X-HTTP-Method-Override", "DELETE")
        .with("Accept", "text/evil")
        .with("Accept-Language", "evil")
        .with("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    send(target, &spoilt).await?;
    let seen = send(target, &Request::get("/api/products/11")).await?;
    ensure!(seen.header("x-cache") == "HIT" && seen.body == clean.body, "{} {}", seen.header("x-cache"), seen.text());
    Ok(Cell::Held)
}
