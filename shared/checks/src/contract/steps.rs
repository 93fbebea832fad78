//! Checkout steps: what does a client say on its way through the checkout?

use std::fmt::Debug;
use std::time::Instant;

use anyhow::Result;
use serde_json::{Value, json};

use crate::contract::client::Client;
use crate::contract::expect::same;
use crate::contract::fates::LAG;
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::Visitor;
use shared::api::checkout::CheckoutState;
use shared::api::paths;

pub(super) async fn start(visitor: &Visitor) -> Result<CheckoutState> {
    let items = json!([{ "productId": 42, "quantity": 2 }, { "productId": 41, "quantity": 1 }]);
    visitor.post(paths::CHECKOUT, &json!({ "items": items })).await?.json(201)
}

pub(super) async fn address(visitor: &Visitor, city: &str) -> Result<CheckedResponse> {
    visitor.step("PUT", paths::CHECKOUT_ADDRESS, address_of(city)).send().await
}

pub(super) async fn payment(visitor: &Visitor) -> Result<CheckedResponse> {
    visitor.step("PUT", paths::CHECKOUT_PAYMENT, payment_of("R-7")).send().await
}

pub(super) async fn show(visitor: &Visitor) -> Result<CheckedResponse> {
    let request = visitor.request("GET", paths::CHECKOUT);
    let draft = visitor.kept().draft;
    draft.iter().fold(request, |request, draft| request.header(paths::CHECKOUT_DRAFT, draft)).send().await
}

/// What is to be seen of the draft is seen: with the next request, or in a moment where a replica may know it later.
pub(super) async fn shows<T: PartialEq + Debug>(
    client: &Client,
    visitor: &Visitor,
    asked: &str,
    expected: &T,
    of: impl Fn(CheckoutState) -> T,
) -> Result<()> {
    let begun = Instant::now();
    loop {
        let seen = of(show(visitor).await?.json(200)?);
        let may_lag = !client.promises.is_known_everywhere_at_once() && begun.elapsed() <= LAG;
        if seen == *expected || !may_lag {
            return same(asked, expected, &seen);
        }
    }
}

pub(super) async fn confirm(visitor: &Visitor) -> Result<CheckedResponse> {
    visitor.step("POST", paths::CHECKOUT_CONFIRM, json!({})).send().await
}

pub(super) fn address_of(city: &str) -> Value {
    json!({ "address": { "name": "Jane", "street": "High St 1", "city": city, "postalCode": "BA1", "country": "GB" } })
}

pub(super) fn payment_of(reference: &str) -> Value {
    json!({ "payment": { "method": "card", "reference": reference } })
}
