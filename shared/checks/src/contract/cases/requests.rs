//! Routing cases: what becomes of a request that fits no route?

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::visitor::{Person, Visitor};
use shared::api::paths;
use shared::api::problem::Code;
use shared::api::shop::{Page, Product};

/// Every route of the application with its methods; `HEAD` comes with `GET`.
pub(super) const ROUTES: &[(&str, &[&str])] = &[
    (paths::LIVE, &["GET", "HEAD"]),
    (paths::READY, &["GET", "HEAD"]),
    (paths::METRICS, &["GET", "HEAD"]),
    (paths::META, &["GET", "HEAD"]),
    (paths::ANONYMOUS, &["GET", "HEAD"]),
    (paths::PRODUCTS, &["GET", "HEAD"]),
    (paths::PRODUCT, &["GET", "HEAD"]),
    (paths::LOGIN, &["POST"]),
    (paths::REFRESH, &["POST"]),
    (paths::LOGOUT, &["POST"]),
];

/// The routes that need a credential.
pub(super) const PRIVATE: &[(&str, &[&str])] = &[
    (paths::WHOAMI, &["GET", "HEAD"]),
    (paths::PROFILE, &["GET", "HEAD"]),
    (paths::USER, &["GET", "HEAD"]),
    (paths::ROLES, &["PUT"]),
    (paths::PASSWORD, &["PUT"]),
    (paths::SESSIONS, &["GET", "HEAD", "DELETE"]),
    (paths::SESSION, &["DELETE"]),
    (paths::PREFERENCES, &["GET", "HEAD", "PUT"]),
    (paths::DATA, &["GET", "HEAD"]),
    (paths::ORDERS, &["GET", "HEAD", "POST"]),
    (paths::ORDER, &["GET", "HEAD"]),
    (paths::CHECKOUT, &["GET", "HEAD", "POST"]),
    (paths::CHECKOUT_ADDRESS, &["PUT"]),
    (paths::CHECKOUT_PAYMENT, &["PUT"]),
    (paths::CHECKOUT_CONFIRM, &["POST"]),
];

pub(super) async fn an_unknown_path_is_404(client: &Client) -> Result<()> {
    let (inside, outside) = (
        ["/api", "/api/nothing", "/api/orders/1/2", "/api/whoami/"],
        ["/", "/nothing", "/.git/config", "/problems/nothing"],
    );
    for path in inside.into_iter().chain(outside) {
        client.nobody().get(path).await?.refused(Code::NotFound)?;
    }
    Ok(())
}

pub(super) async fn a_wrong_method_is_405_with_those_allowed(client: &Client) -> Result<()> {
    for (path, allowed) in ROUTES.iter().chain(PRIVATE).chain(&[(paths::JWKS, &["GET", "HEAD"][..])]) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().filter(|method| !allowed.contains(method)) {
            let answer = client.nobody().request(method, &one_of(path)).send().await?;
            answer.refused(Code::MethodNotAllowed)?;
            let named: BTreeSet<_> = answer.header("allow").split(", ").collect();
            same(&answer.to, &allowed.iter().copied().collect(), &named)?;
        }
    }
    Ok(())
}

pub(super) async fn an_unknown_method_is_405(client: &Client) -> Result<()> {
    client.nobody().request("BREW", paths::WHOAMI).send().await?.refused(Code::MethodNotAllowed).map(drop)
}

pub(super) async fn a_malformed_path_is_400(client: &Client) -> Result<()> {
    let jane = client.log_in(Person::Jane).await?;
    for path in ["/api/products/x", "/api/orders/x", "/api/users/x", "/api/orders/99999999999999999999"] {
        jane.get(path).await?.refused(Code::MalformedRequest)?;
    }
    Ok(())
}

pub(super) async fn a_malformed_query_is_400(client: &Client) -> Result<()> {
    for query in ["limit=x", "after=x", "limit=1&limit=2", "colour=green"] {
        let path = format!("{}?{query}", paths::PRODUCTS);
        client.nobody().get(&path).await?.refused(Code::MalformedRequest)?;
    }
    Ok(())
}

pub(super) async fn an_impossible_page_is_422(client: &Client) -> Result<()> {
    for (query, field) in [("limit=0", "limit"), ("limit=101", "limit"), ("after=-1", "after")] {
        let path = format!("{}?{query}", paths::PRODUCTS);
        client.nobody().get(&path).await?.refused_fields(&[field])?;
    }
    let page: Page<Product> = client.nobody().get("/api/products?after=999999").await?.json(200)?;
    same("a page behind the last", &(0, None), &(page.items.len(), page.next))
}

pub(super) async fn too_many_headers_are_431(client: &Client) -> Result<()> {
    let request = client.nobody().request("GET", paths::ANONYMOUS).header("x-padding", &"x".repeat(20 * 1024));
    request.send().await?.refused(Code::HeadersTooLarge).map(drop)
}

pub(super) async fn a_trace_is_continued(client: &Client) -> Result<()> {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = client.nobody().request("GET", paths::ANONYMOUS).header("traceparent", TRACE).send().await?;
    let ours = answer.header("traceparent");
    let is_child = ours.len() == TRACE.len() && ours[..35] == TRACE[..35] && ours[36..52] != TRACE[36..52];
    holds(&answer.to, "the same trace, under a span of the server", ours, is_child)?;
    let untraced = client.nobody().get(paths::ANONYMOUS).await?;
    let ids = (answer.header("x-request-id"), untraced.header("x-request-id"));
    holds(&answer.to, "a request id of its own", ids, ids.0 != ids.1)
}

pub(super) async fn every_private_route_refuses_nobody(client: &Client) -> Result<()> {
    all_private_refuse(|| client.nobody(), Code::CredentialMissing).await
}

pub(super) async fn every_private_route_refuses_a_forged_credential(client: &Client) -> Result<()> {
    let forger = client.log_in(Person::Jane).await?;
    forge(&forger);
    all_private_refuse(|| forger.copy(), Code::CredentialRejected).await
}

async fn all_private_refuse(visitor: impl Fn() -> Visitor, code: Code) -> Result<()> {
    for (path, allowed) in PRIVATE {
        for method in *allowed {
            let answer = visitor().request(method, &one_of(path)).json(&json!({})).send().await?;
            answer.has_status(401)?;
            if *method != "HEAD" {
                answer.refused(code)?;
            }
        }
    }
    Ok(())
}

/// A path that this route takes.
fn one_of(path: &str) -> String {
    path.replace("{id}", "123")
}

/// Changes one letter in the middle of whatever proves who the visitor is.
fn forge(visitor: &Visitor) {
    visitor.keep(|kept| {
        for credential in [&mut kept.access_token, &mut kept.cookie].into_iter().flatten() {
            let middle = credential.len() / 2;
            let other = if credential[middle..].starts_with('A') { "B" } else { "A" };
            credential.replace_range(middle..=middle, other);
        }
    });
}
