//! Order handlers: who bought what?

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::Caller;
use crate::error::Refused;
use crate::extract::{Json, Path, Query};
use crate::responses::{Body, Buying, CrossSite, Id, Listed, Private};
use shared::api::paths;
use shared::api::problem::Code;
use shared::api::shop::{Order, Page, Paging, PlaceOrder};

/// Buy. With `Idempotency-Key` it is safe to repeat.
#[utoipa::path(post, path = "/api/orders", request_body = PlaceOrder,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$")),
    responses((status = 201, body = Order, headers(("Location" = String))), Buying, Body, CrossSite, Private))]
pub(crate) async fn place(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Json(wanted): Json<PlaceOrder>,
) -> Result<HttpResponse, Refused> {
    if wanted.user_id.is_some_and(|owner| owner != caller.user.id) {
        return Err(Refused::saying(Code::NotAllowed, "The owner of an order is the caller. Leave `userId` out."));
    }
    let key = idempotency_key(&request)?;
    let order = application.store.place_order(caller.user.id, &wanted, key).await?;
    Ok(HttpResponse::Created().insert_header((header::LOCATION, format!("{}/{}", paths::ORDERS, order.id))).json(order))
}

/// The caller's orders, newest first.
#[utoipa::path(get, path = "/api/orders", params(Paging), responses((status = 200, body = Page<Order>), Listed, Private))]
pub(crate) async fn list(
    application: Data<Application>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<web::Json<Page<Order>>, Refused> {
    application.store.orders(caller.user.id, paging.limit, paging.after).await.map(web::Json)
}

/// One order of the caller's; somebody else's reads like an absent one.
#[utoipa::path(get, path = "/api/orders/{id}", params(("id" = i64, Path)), responses((status = 200, body = Order), Id, Private))]
pub(crate) async fn show(
    application: Data<Application>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<web::Json<Order>, Refused> {
    let order = application.store.order(caller.user.id, id).await?;
    order.map(web::Json).ok_or_else(|| Refused::because(Code::NotFound))
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<&str>, Refused> {
    let Some(value) = request.headers().get(paths::IDEMPOTENCY_KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(key)),
        _ => Err(Refused::saying(Code::MalformedRequest, "Idempotency-Key holds 1 to 255 visible ASCII characters.")),
    }
}
