//! Product handlers: what can be bought, and for how much by whom?

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::Caller;
use crate::error::Refused;
use crate::extract::{Path, Query};
use crate::responses::{Id, Listed, Private, Public};
use crate::routes::reply::{PRIVATE, PUBLIC, cacheable};
use shared::api::account::User;
use shared::api::problem::Code;
use shared::api::shop::{Catalogue, Offer, Page, Paging, Product};

/// The catalogue, the same for everybody.
#[utoipa::path(get, path = "/api/products", params(Paging, ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Page<Product>), (status = 304), Listed, Public))]
pub(crate) async fn list(
    application: Data<Application>,
    request: HttpRequest,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Refused> {
    let page = application.store.products(paging.limit, paging.after).await?;
    Ok(cacheable(&request, PUBLIC, &page))
}

/// One product, the same for everybody.
#[utoipa::path(get, path = "/api/products/{id}", params(("id" = i64, Path), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Product), (status = 304), Id, Public))]
pub(crate) async fn show(
    application: Data<Application>,
    request: HttpRequest,
    Path(id): Path<i64>,
) -> Result<HttpResponse, Refused> {
    let product = application.store.product(id).await?.ok_or_else(|| Refused::because(Code::NotFound))?;
    Ok(cacheable(&request, PUBLIC, &product))
}

/// The catalogue at the caller's prices: for the caller's cache, and no other.
#[utoipa::path(get, path = "/api/data", params(("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Catalogue), (status = 304), Private))]
pub(crate) async fn offers(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Refused> {
    let page = application.store.products(OFFERS, None).await?;
    let items = page.items.into_iter().map(|product| offer(product, &caller.user)).collect();
    let mut response = cacheable(&request, PRIVATE, &Catalogue { user_id: caller.user.id, items });
    response.headers_mut().insert(header::VARY, application.credentials.carrier().into());
    Ok(response)
}

/// How many products the caller is offered.
const OFFERS: i64 = 20;

/// Everybody has a discount of their own, 0 to 9 percent: an answer given to the wrong person shows.
fn offer(product: Product, user: &User) -> Offer {
    let your_price_cents = product.price_cents * (100 - user.id % 10) / 100;
    Offer { id: product.id, name: product.name, price_cents: product.price_cents, your_price_cents }
}
