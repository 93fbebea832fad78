//! What does a client say on its way through the checkout?

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::visitor::Visitor;
use crate::api::checkout::CheckoutState;
use crate::api::paths;

pub(super) async fn start(visitor: &Visitor) -> Result<CheckoutState> {
    let items = json!([{ "productId": 42, "quantity": 2 }, { "productId": 41, "quantity": 1 }]);
    visitor.post(paths::CHECKOUT, &json!({ "items": items })).await?.json(201)
}

pub(super) async fn address(visitor: &Visitor, city: &str) -> Result<Answer> {
    visitor.step(Method::PUT, paths::CHECKOUT_ADDRESS, address_of(city))?.send().await
}

pub(super) async fn payment(visitor: &Visitor) -> Result<Answer> {
    visitor.step(Method::PUT, paths::CHECKOUT_PAYMENT, payment_of("R-7"))?.send().await
}

pub(super) async fn show(visitor: &Visitor) -> Result<Answer> {
    let question = visitor.ask(Method::GET, paths::CHECKOUT);
    match visitor.kept().draft {
        Some(draft) => question.header(paths::CHECKOUT_DRAFT, &draft).send().await,
        None => question.send().await,
    }
}

pub(super) async fn confirm(visitor: &Visitor) -> Result<Answer> {
    visitor.step(Method::POST, paths::CHECKOUT_CONFIRM, json!({}))?.send().await
}

pub(super) fn address_of(city: &str) -> Value {
    json!({ "address": { "name": "Jane", "street": "High St 1", "city": city, "postalCode": "BA1", "country": "GB" } })
}

pub(super) fn payment_of(reference: &str) -> Value {
    json!({ "payment": { "method": "card", "reference": reference } })
}
