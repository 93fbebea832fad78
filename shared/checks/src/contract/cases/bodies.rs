//! Request body cases: what becomes of a body that cannot be taken?

use anyhow::Result;
use serde_json::{Value, json};

use crate::contract::client::Client;
use crate::contract::visitor::{Person, address_of, payment_of};
use shared::api::paths;
use shared::api::problem::Code;

/// Every route that takes a body, and one that it could take.
fn bodies() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("POST", paths::LOGIN, json!({ "username": "visitor-1", "password": "visitor" })),
        ("PUT", paths::PASSWORD, json!({ "current": "visitor", "new": "a password of its own" })),
        ("PUT", paths::PREFERENCES, json!({ "theme": "dark", "language": "en", "timezone": "UTC" })),
        ("POST", paths::ORDERS, json!({ "productId": 1, "quantity": 1 })),
        ("POST", paths::CHECKOUT, json!({ "items": [{ "productId": 1, "quantity": 1 }] })),
        ("PUT", paths::CHECKOUT_ADDRESS, address_of("Bath")),
        ("PUT", paths::CHECKOUT_PAYMENT, payment_of("R")),
    ]
}

pub(super) async fn a_body_that_is_not_json_is_400(client: &Client) -> Result<()> {
    let broken = |body: &Value| {
        let broken = [String::new(), "{".into(), "nonsense".into(), format!("{body}x"), "\u{0}".into()];
        broken.map(|body| ("application/json", body)).into()
    };
    are_refused(client, Code::MalformedBody, broken).await
}

pub(super) async fn a_body_nested_without_end_is_400(client: &Client) -> Result<()> {
    let nested = format!("{{\"items\": {}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    are_refused(client, Code::MalformedBody, |_| vec![("application/json", nested.clone())]).await
}

pub(super) async fn a_body_of_another_type_is_415(client: &Client) -> Result<()> {
    let types = ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"];
    are_refused(client, Code::UnsupportedMediaType, |body| types.map(|kind| (kind, body.to_string())).into()).await
}

pub(super) async fn a_body_over_64_kib_is_413(client: &Client) -> Result<()> {
    are_refused(client, Code::BodyTooLarge, |_| vec![("application/json", " ".repeat(64 * 1024 + 1))]).await
}

/// Every route that takes a body refuses what is made of that: each a type and a body.
async fn are_refused(
    client: &Client,
    code: Code,
    changed: impl Fn(&Value) -> Vec<(&'static str, String)>,
) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    for (method, path, body) in bodies() {
        for (kind, body) in changed(&body) {
            visitor.request(method, path).body(kind, body).send().await?.refused(code)?;
        }
    }
    Ok(())
}

pub(super) async fn impossible_values_are_422_and_named(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let check =
        async |path: &str, body: Value, fields: &[&str]| visitor.post(path, &body).await?.refused_fields(fields);
    check(paths::LOGIN, json!({ "username": "john" }), &["password"]).await?;
    check(paths::LOGIN, json!({ "username": "", "password": "x" }), &["username"]).await?;
    check(paths::LOGIN, json!({ "username": 1, "password": "x" }), &["username"]).await?;
    check(paths::ORDERS, json!({ "productId": 1 }), &["quantity"]).await?;
    check(paths::ORDERS, json!({ "productId": 0, "quantity": 101 }), &["productId", "quantity"]).await?;
    check(paths::ORDERS, json!({ "productId": 1, "quantity": -1 }), &["quantity"]).await?;
    check(paths::ORDERS, json!({ "productId": "1", "quantity": 1 }), &["productId"]).await?;
    check(paths::CHECKOUT, json!({ "items": [] }), &["items"]).await?;
    check(paths::CHECKOUT, json!({ "items": [{ "productId": 1, "quantity": 0 }] }), &["items[0].quantity"]).await
}

pub(super) async fn an_unknown_field_is_422(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    for (method, path, mut body) in bodies() {
        body["colour"] = "green".into();
        visitor.request(method, path).json(&body).send().await?.refused_fields(&["colour"])?;
    }
    Ok(())
}
