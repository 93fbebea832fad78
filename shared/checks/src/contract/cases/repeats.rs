//! Idempotency cases: is an order safe to repeat?

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;

use crate::contract::cases::orders::place;
use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::request::{CheckedRequest, at_once};
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::{Person, Visitor};
use shared::api::paths;
use shared::api::problem::Code;
use shared::api::shop::{Order, Page};

pub(super) async fn the_same_key_gets_the_same_order(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(6)).await?;
    let key = key();
    let first = order(&visitor, &key, 1).send().await?;
    let second = order(&visitor, &key, 1).send().await?;
    same(&second.to, &first.json::<Order>(201)?, &second.json::<Order>(201)?)?;
    second.has_header("location", first.header("location")).map(drop)
}

pub(super) async fn the_same_key_with_another_body_is_422(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(6)).await?;
    let key = key();
    order(&visitor, &key, 1).send().await?.has_status(201)?;
    order(&visitor, &key, 2).send().await?.refused(Code::IdempotencyMismatch).map(drop)
}

pub(super) async fn a_key_belongs_to_its_user(client: &Client) -> Result<()> {
    let (one, other) = (client.log_in(Person::Visitor(6)).await?, client.log_in(Person::Visitor(7)).await?);
    let key = key();
    let first: Order = order(&one, &key, 1).send().await?.json(201)?;
    let second: Order = order(&other, &key, 1).send().await?.json(201)?;
    holds("POST /api/orders", "another order for another user", &second, first.id != second.id)
}

pub(super) async fn twenty_at_once_with_one_key_are_one_order(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(8)).await?;
    let marker = place(&visitor, 31).await?;
    let key = key();
    let answers = at_once((0..20).map(|_| order(&visitor, &key, 1))).await?;
    let (placed, waiting): (Vec<&CheckedResponse>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    // A store under load may refuse, but then it says so and nothing has happened.
    for answer in waiting.iter().filter(|answer| answer.status != 503) {
        answer.refused(Code::IdempotencyInFlight)?;
    }
    let ids: BTreeSet<_> = placed.iter().map(|answer| Ok(answer.json::<Order>(201)?.id)).collect::<Result<_>>()?;
    let page: Page<Order> = visitor.get("/api/orders?limit=100").await?.json(200)?;
    let stored = page.items.iter().map(|order| order.id).take_while(|id| *id != marker.id).collect();
    same("twenty POST /api/orders at once with one key", &ids, &stored)?;
    same("twenty POST /api/orders at once with one key", &1, &ids.len())
}

pub(super) async fn a_key_that_is_no_key_is_400(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(6)).await?;
    for key in [String::new(), "two words".into(), "x".repeat(256)] {
        order(&visitor, &key, 1).send().await?.refused(Code::MalformedRequest)?;
    }
    Ok(())
}

fn order(visitor: &Visitor, key: &str, quantity: i64) -> CheckedRequest {
    let request = visitor.request("POST", paths::ORDERS).header(paths::IDEMPOTENCY_KEY, key);
    request.json(&json!({ "productId": 31, "quantity": quantity }))
}

/// A key that nobody used before.
fn key() -> String {
    format!("contract-{:032x}", fastrand::u128(..))
}
