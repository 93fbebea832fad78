//! Checkout cases: how does a basket become orders, one step at a time?

use anyhow::Result;
use serde_json::{Value, json};

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::request::at_once;
use crate::contract::visitor::{Person, Visitor, address_of, payment_of};
use shared::api::checkout::{CheckoutState, Confirmed, Missing};
use shared::api::paths;
use shared::api::problem::Code;
use shared::api::shop::{Order, Page};

pub(super) async fn a_checkout_leads_to_orders(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    let state = visitor.start_checkout().await?;
    same("POST /api/checkout", &vec![Missing::Address, Missing::Payment], &state.missing)?;
    let state: CheckoutState = visitor.address("Bath").send().await?.json(200)?;
    same("PUT /api/checkout/address", &vec![Missing::Payment], &state.missing)?;
    let state: CheckoutState = visitor.payment("R-7").send().await?.json(200)?;
    same("PUT /api/checkout/payment", &vec![], &state.missing)?;
    same("GET /api/checkout", &without_draft(state), &without_draft(visitor.show_checkout().await?.json(200)?))?;
    let Confirmed { orders } = visitor.confirmation().send().await?.json(201)?;
    let bought: Vec<_> = orders.iter().map(|order| (order.product_id, order.quantity)).collect();
    same("POST /api/checkout/confirm", &vec![(41, 1), (42, 2)], &bought)?;
    for order in orders {
        same("GET /api/orders/{id}", &order, &visitor.get(&format!("/api/orders/{}", order.id)).await?.json(200)?)?;
    }
    Ok(())
}

pub(super) async fn its_steps_come_in_any_order(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    let state: CheckoutState = visitor.payment("R-7").send().await?.json(200)?;
    same("PUT /api/checkout/payment", &vec![Missing::Address], &state.missing)?;
    visitor.address("Bath").send().await?.has_status(200)?;
    visitor.confirmation().send().await?.has_status(201).map(drop)
}

pub(super) async fn its_steps_can_be_repeated(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    for city in ["Bath", "Wells", "Wells", "York"] {
        let state: CheckoutState = visitor.address(city).send().await?.json(200)?;
        same("PUT /api/checkout/address", &Some(city.to_owned()), &state.address.map(|address| address.city))?;
        visitor.payment("R-7").send().await?.has_status(200)?;
    }
    visitor.confirmation().send().await?.has_status(201).map(drop)
}

pub(super) async fn a_checkout_that_was_not_started_is_409(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    for answer in [
        visitor.address("Bath").send().await?,
        visitor.payment("R-7").send().await?,
        visitor.show_checkout().await?,
        visitor.confirmation().send().await?,
    ] {
        answer.refused(Code::CheckoutNotStarted)?;
    }
    visitor.request("POST", paths::CHECKOUT_CONFIRM).send().await?.refused(Code::CheckoutNotStarted).map(drop)
}

pub(super) async fn an_early_confirmation_is_409(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    visitor.confirmation().send().await?.refused(Code::CheckoutIncomplete)?;
    visitor.address("Bath").send().await?.has_status(200)?;
    let answer = visitor.confirmation().send().await?;
    let problem = answer.refused(Code::CheckoutIncomplete)?;
    let names_it = problem.detail.contains("payment") && !problem.detail.contains("address");
    holds(&answer.to, "a detail that names what is missing", problem.detail, names_it)?;
    visitor.payment("R-7").send().await?.has_status(200)?;
    visitor.confirmation().send().await?.has_status(201).map(drop)
}

pub(super) async fn a_second_confirmation_gets_the_same_orders(client: &Client) -> Result<()> {
    let visitor = complete(client).await?;
    let first: Confirmed = visitor.confirmation().send().await?.json(201)?;
    let second: Confirmed = visitor.confirmation().send().await?.json(201)?;
    same("POST /api/checkout/confirm again", &first, &second)
}

pub(super) async fn ten_confirmations_at_once_are_one(client: &Client) -> Result<()> {
    let visitor = complete(client).await?;
    let last = newest(&visitor).await?;
    let answers = at_once((0..10).map(|_| visitor.confirmation())).await?;
    let first: Confirmed = answers[0].json(201)?;
    for answer in &answers {
        same(&answer.to, &first, &answer.json(201)?)?;
    }
    let page: Page<Order> = visitor.get("/api/orders?limit=10").await?.json(200)?;
    let new = page.items.iter().take_while(|order| Some(order.id) != last).count();
    same("ten POST /api/checkout/confirm at once", &first.orders.len(), &new)
}

pub(super) async fn what_was_confirmed_cannot_be_changed(client: &Client) -> Result<()> {
    let visitor = complete(client).await?;
    visitor.confirmation().send().await?.has_status(201)?;
    match visitor.address("York").send().await? {
        answer if answer.status == 200 => {
            visitor.confirmation().send().await?.refused(Code::CheckoutConfirmed).map(drop)
        }
        answer => answer.refused(Code::CheckoutConfirmed).map(drop),
    }
}

pub(super) async fn a_checkout_is_all_or_nothing(client: &Client) -> Result<()> {
    let visitor = complete(client).await?;
    let last = newest(&visitor).await?;
    let items = json!([{ "productId": 41, "quantity": 1 }, { "productId": 200, "quantity": 100 }]);
    visitor.post(paths::CHECKOUT, &json!({ "items": items })).await?.has_status(201)?;
    visitor.address("Bath").send().await?.has_status(200)?;
    visitor.payment("R-7").send().await?.has_status(200)?;
    visitor.confirmation().send().await?.refused(Code::OutOfStock)?;
    same("GET /api/orders after a checkout that failed", &last, &newest(&visitor).await?)
}

pub(super) async fn a_new_start_forgets_the_old_one(client: &Client) -> Result<()> {
    let visitor = complete(client).await?;
    let state = visitor.start_checkout().await?;
    same("POST /api/checkout", &(None, None), &(state.address, state.payment))?;
    visitor.confirmation().send().await?.refused(Code::CheckoutIncomplete).map(drop)
}

pub(super) async fn impossible_steps_are_422(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    let check = async |path: &str, body: Value, field: &str| {
        visitor.step("PUT", path, body).send().await?.refused_fields(&[field])
    };
    check(paths::CHECKOUT_PAYMENT, payment_of("4111111111111111"), "payment.reference").await?;
    let mut barter = payment_of("R");
    barter["payment"]["method"] = "barter".into();
    check(paths::CHECKOUT_PAYMENT, barter, "payment.method").await?;
    let mut nowhere = address_of("Bath");
    nowhere["address"]["country"] = "XX".into();
    check(paths::CHECKOUT_ADDRESS, nowhere, "address.country").await
}

/// Somebody whose checkout wants nothing but to be confirmed.
pub(super) async fn complete(client: &Client) -> Result<Visitor> {
    let visitor = client.log_in(Person::Visitor(10)).await?;
    visitor.start_checkout().await?;
    visitor.address("Bath").send().await?.has_status(200)?;
    visitor.payment("R-7").send().await?.has_status(200)?;
    Ok(visitor)
}

async fn newest(visitor: &Visitor) -> Result<Option<i64>> {
    let page: Page<Order> = visitor.get("/api/orders?limit=1").await?.json(200)?;
    Ok(page.items.first().map(|order| order.id))
}

/// A signed draft may be signed anew each time it is shown.
fn without_draft(state: CheckoutState) -> CheckoutState {
    CheckoutState { draft: None, ..state }
}
