//! Order cases: who bought what, and was it also there?

use anyhow::Result;
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::request::at_once;
use crate::contract::visitor::{Person, Visitor};
use shared::api::paths;
use shared::api::problem::{Code, Problem};
use shared::api::shop::{Order, Page, Product};

/// The demo data holds ten of it, and nobody sells more.
const SCARCE: i64 = 200;

pub(super) async fn an_order_lives_as_it_was_placed(client: &Client) -> Result<()> {
    let jane = client.log_in(Person::Jane).await?;
    let product: Product = jane.get("/api/products/11").await?.json(200)?;
    let answer = jane.post(paths::ORDERS, &json!({ "productId": 11, "quantity": 3, "userId": 456 })).await?;
    let order: Order = answer.json(201)?;
    answer.has_header("location", &format!("/api/orders/{}", order.id))?;
    let cents = product.price_cents;
    same(&answer.to, &(456, 11, 3), &(order.user_id, order.product_id, order.quantity))?;
    same(&answer.to, &(cents, 3 * cents), &(order.unit_price_cents, order.total_cents))?;
    let age = jiff::Timestamp::now().duration_since(order.created_at.parse()?);
    holds(&answer.to, "a time of creation just past", &order.created_at, age.as_secs().abs() < 60)?;
    let found = jane.get(answer.header("location")).await?;
    same(&found.to, &order, &found.json(200)?)
}

pub(super) async fn orders_come_newest_first_in_pages(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(5)).await?;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.insert(0, place(&visitor, 12).await?);
    }
    let (mut listed, mut after) = (Vec::new(), String::new());
    while listed.len() < placed.len() {
        let page: Page<Order> = visitor.get(&format!("/api/orders?limit=2{after}")).await?.json(200)?;
        listed.extend(page.items);
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    listed.truncate(placed.len());
    same("GET /api/orders page by page", &placed, &listed)
}

pub(super) async fn the_orders_of_others_read_as_absent(client: &Client) -> Result<()> {
    let (john, jane) = (client.log_in(Person::John).await?, client.log_in(Person::Jane).await?);
    let hers = place(&jane, 13).await?;
    let look = async |id: i64| {
        let problem = john.get(&format!("/api/orders/{id}")).await?.refused(Code::NotFound)?;
        anyhow::Ok(Problem { request_id: String::new(), ..problem })
    };
    same("GET /api/orders/{id} of somebody else", &look(i64::MAX).await?, &look(hers.id).await?)?;
    let page: Page<Order> = john.get("/api/orders?limit=100").await?.json(200)?;
    holds("GET /api/orders", "one's own orders alone", &hers, page.items.iter().all(|order| order.user_id == 123))
}

pub(super) async fn an_order_for_somebody_else_is_403(client: &Client) -> Result<()> {
    // Also for an admin, and whether that user exists or not: the owner is the credential.
    for (person, owner) in [(Person::Jane, 123), (Person::John, 456), (Person::Jane, 999_999_999)] {
        let body = json!({ "productId": 13, "quantity": 1, "userId": owner });
        client.log_in(person).await?.post(paths::ORDERS, &body).await?.refused(Code::NotAllowed)?;
    }
    Ok(())
}

pub(super) async fn an_order_of_nothing_is_refused(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let absent = json!({ "productId": 999_999_999, "quantity": 1 });
    visitor.post(paths::ORDERS, &absent).await?.refused(Code::NotFound)?;
    let none = json!({ "productId": 13, "quantity": 0 });
    visitor.post(paths::ORDERS, &none).await?.refused_fields(&["quantity"])
}

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

/// Orders one piece.
pub(super) async fn place(visitor: &Visitor, product: i64) -> Result<Order> {
    visitor.post(paths::ORDERS, &json!({ "productId": product, "quantity": 1 })).await?.json(201)
}

async fn stock(client: &Client, product: i64) -> Result<i64> {
    let product: Product = client.nobody().get(&format!("/api/products/{product}")).await?.json(200)?;
    Ok(product.stock)
}
