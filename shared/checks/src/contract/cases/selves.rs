//! Metadata cases: what does a server say about itself?

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use crate::contract::cases::requests::{PRIVATE, ROUTES};
use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::visitor::Person;
use shared::api::account::Whoami;
use shared::api::meta::{CredentialKind, Health, Meta};
use shared::api::paths;
use shared::api::problem::Code;

pub(super) async fn a_server_says_that_it_lives_and_is_ready(client: &Client) -> Result<()> {
    for path in [paths::LIVE, paths::READY] {
        client.nobody().get(path).await?.json::<Health>(200)?;
    }
    Ok(())
}

pub(super) async fn it_says_which_one_it_is(client: &Client) -> Result<()> {
    let answer = client.nobody().get(paths::META).await?;
    let meta: Meta = answer.json(200)?;
    answer.has_header("x-served-by", &meta.instance)?;
    for (name, value) in [("server", &meta.server), ("version", &meta.version)] {
        holds(&answer.to, &format!("a {name}"), value, !value.is_empty())?;
    }
    Ok(())
}

pub(super) async fn its_metrics_are_prometheus_text(client: &Client) -> Result<()> {
    client.nobody().get(paths::LIVE).await?.has_status(200)?; // A server that answered nothing yet has nothing to show.
    let answer = client.nobody().get(paths::METRICS).await?;
    answer.has_status(200)?;
    let kind = answer.header("content-type");
    let is_text = kind.starts_with("text/plain") || kind.starts_with("application/openmetrics-text");
    holds(&answer.to, "text", kind, is_text)?;
    holds(&answer.to, "a histogram among the types", &answer.body, answer.body.contains(" histogram"))
}

pub(super) async fn its_openapi_is_3_1_and_names_every_route(client: &Client) -> Result<()> {
    let answer = client.nobody().get(paths::OPENAPI).await?;
    let document: Value = answer.json(200)?;
    let version = document["openapi"].as_str().unwrap_or_default();
    holds(&answer.to, "OpenAPI 3.1", version, version.starts_with("3.1."))?;
    let routes = ROUTES.iter().chain(PRIVATE).map(|(path, _)| path);
    let missing: Vec<_> = routes.filter(|path| document["paths"].get(*path).is_none()).collect();
    holds(&answer.to, "every route", missing.as_slice(), missing.is_empty())
}

pub(super) async fn its_docs_need_nothing_from_elsewhere(client: &Client) -> Result<()> {
    let mut answer = client.nobody().get(paths::DOCS).await?;
    if (300..400).contains(&answer.status) {
        answer = client.nobody().get(answer.header("location")).await?;
    }
    answer.has_status(200)?;
    let kind = answer.header("content-type");
    holds(&answer.to, "a page", kind, kind.starts_with("text/html"))?;
    let loads = ["src=\"http", "src=\"//", "href=\"http", "href=\"//"].iter().any(|load| answer.body.contains(load));
    holds(&answer.to, "a page that loads nothing from elsewhere", &answer.body, !loads)
}

/// RFC 7518, section 6: what only whoever signs may know.
const SECRET: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(super) async fn public_keys_are_published_where_there_are_any(client: &Client) -> Result<()> {
    let answer = client.nobody().get(paths::JWKS).await?;
    if client.promises.credential == CredentialKind::Cookie {
        return answer.refused(Code::NotFound).map(drop);
    }
    let set: Value = answer.json(200)?;
    let keys = set["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    let meta: Meta = client.nobody().get(paths::META).await?.json(200)?;
    let has_public_half = meta.options.get("algorithm").is_some_and(|algorithm| algorithm != "hs256");
    holds(&answer.to, "the keys, if they have public halves", &set, has_public_half != keys.is_empty())?;
    for key in keys {
        let is_named = ["kty", "kid", "alg", "use"].iter().all(|field| key[*field].is_string());
        holds(&answer.to, "a key with its kid, alg and use", key, is_named)?;
        holds(&answer.to, "nothing private", key, SECRET.iter().all(|field| key.get(field).is_none()))?;
    }
    Ok(())
}

pub(super) async fn every_problem_has_a_page(client: &Client) -> Result<()> {
    for code in Code::ALL {
        let word = serde_json::to_value(code)?;
        let path = paths::PROBLEM.replace("{code}", word.as_str().unwrap_or_default());
        let answer = client.nobody().get(&path).await?;
        answer.has_status(200)?;
        holds(&answer.to, code.title(), &answer.body, answer.body.contains(code.title()))?;
    }
    Ok(())
}

/// Bytes by which the control of the measurements may differ from what it stands for: names and times vary.
const ALIKE: usize = 40;

pub(super) async fn anonymous_answers_have_the_shape_of_whoami(client: &Client) -> Result<()> {
    let anonymous = client.nobody().get(paths::ANONYMOUS).await?;
    let whoami = client.log_in(Person::Visitor(1)).await?.get(paths::WHOAMI).await?;
    anonymous.json::<Whoami>(200)?;
    let fields = |body: Value| body.as_object().map(|fields| fields.keys().cloned().collect::<BTreeSet<_>>());
    same(&anonymous.to, &fields(whoami.json(200)?), &fields(anonymous.json(200)?))?;
    let sizes = (anonymous.body.len(), whoami.body.len());
    holds(&anonymous.to, "the size of whoami", sizes, sizes.0.abs_diff(sizes.1) <= ALIKE)
}
