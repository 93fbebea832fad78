//! Stock cases: is what is sold also there?

use anyhow::Result;
use serde_json::json;

use crate::contract::cases::orders::place;
use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::request::at_once;
use crate::contract::visitor::Person;
use shared::api::paths;
use shared::api::problem::Code;
use shared::api::shop::Product;

/// The demo data holds ten of it, and nobody sells more.
const SCARCE: i64 = 200;

pub(super) async fn an_order_takes_from_the_stock(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let before = stock(client, 21).await?;
    place(&visitor, 21).await?;
    let after = stock(client, 21).await?;
    holds("GET /api/products/21", "less stock than before the order", (before, after), after < before)
}

pub(super) async fn more_than_the_stock_is_409(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let before = stock(client, SCARCE).await?;
    let answer = visitor.post(paths::ORDERS, &json!({ "productId": SCARCE, "quantity": 100 })).await?;
    answer.refused(Code::OutOfStock)?;
    same("GET /api/products/200", &before, &stock(client, SCARCE).await?)
}

pub(super) async fn a_scarce_product_is_never_oversold(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let before = stock(client, SCARCE).await?;
    let body = json!({ "productId": SCARCE, "quantity": 1 });
    let requests = (0..20).map(|_| visitor.request("POST", paths::ORDERS).json(&body));
    let answers = at_once(requests).await?;
    let mut sold = 0;
    for answer in &answers {
        match answer.status {
            201 => sold += 1,
            _ => drop(answer.refused(Code::OutOfStock)?),
        }
    }
    let after = stock(client, SCARCE).await?;
    let seen = format!("{before} before, {sold} sold, {after} after");
    let is_all = sold == before.min(20) && after == before - sold;
    holds("twenty POST /api/orders at once", "all that was there and no more", seen, is_all)
}

async fn stock(client: &Client, product: i64) -> Result<i64> {
    let product: Product = client.nobody().get(&format!("/api/products/{product}")).await?.json(200)?;
    Ok(product.stock)
}
