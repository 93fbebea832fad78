//! Checkout under attack: what does a client send on its way to an order?

use serde_json::{Value, json};

use shared::api::paths;
use wire::login::Login;
use wire::request::Request;

/// One piece of this product.
pub(super) fn start(login: &Login, product: i64) -> Request {
    Request::post(paths::CHECKOUT).by(login).json(&json!({ "items": [{ "productId": product, "quantity": 1 }] }))
}

pub(super) fn pay(login: &Login, draft: impl Into<Value>) -> Request {
    let payment = json!({ "payment": { "method": "invoice", "reference": "R-1" } });
    Request::put(paths::CHECKOUT_PAYMENT).by(login).json(&carrying(payment, draft))
}

/// A body with the draft in it, where the client holds one.
pub(super) fn carrying(mut body: Value, draft: impl Into<Value>) -> Value {
    let draft = draft.into();
    if draft.is_string() {
        body["draft"] = draft;
    }
    body
}
