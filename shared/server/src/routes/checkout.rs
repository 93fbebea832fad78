//! Checkout handlers: how does a basket become orders, one step at a time?
//!
//! Each step loads the draft, takes one step of the wizard, and saves it again. Where the draft waits in between is the
//! business of [`Drafts`](crate::backend::Drafts): nothing here can tell the two servers apart.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::Caller;
use crate::error::Refused;
use crate::extract::{Json, JsonOrEmpty};
use crate::responses::{Body, Buying, CrossSite, Private, Stepping};
use shared::api::checkout::{CheckoutState, Confirm, Confirmed, GiveAddress, GivePayment, StartCheckout};
use shared::api::meta::Holder;
use shared::api::paths;
use shared::api::problem::Code;
use shared::checkout::{Draft, Refusal, Step, advance};

/// Start with a basket, whatever was under way before.
#[utoipa::path(post, path = "/api/checkout", request_body = StartCheckout,
    responses((status = 201, body = CheckoutState), Body, CrossSite, Private))]
pub(crate) async fn start(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Json(basket): Json<StartCheckout>,
) -> Result<HttpResponse, Refused> {
    let id = format!("{:032x}", fastrand::u128(..));
    let draft = advance(None, Step::Start { id, items: basket.items })?;
    Ok(HttpResponse::Created().json(keep(&application, &request, &caller, draft).await?))
}

/// Where the goods go.
#[utoipa::path(put, path = "/api/checkout/address", request_body = GiveAddress,
    responses((status = 200, body = CheckoutState), Stepping, Body, CrossSite, Private))]
pub(crate) async fn address(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Json(given): Json<GiveAddress>,
) -> Result<web::Json<CheckoutState>, Refused> {
    let draft = recall(&application, &request, &caller, given.draft.as_deref()).await?;
    let draft = advance(draft, Step::Address(given.address))?;
    keep(&application, &request, &caller, draft).await.map(web::Json)
}

/// How they are paid for.
#[utoipa::path(put, path = "/api/checkout/payment", request_body = GivePayment,
    responses((status = 200, body = CheckoutState), Stepping, Body, CrossSite, Private))]
pub(crate) async fn payment(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Json(given): Json<GivePayment>,
) -> Result<web::Json<CheckoutState>, Refused> {
    let draft = recall(&application, &request, &caller, given.draft.as_deref()).await?;
    let draft = advance(draft, Step::Payment(given.payment))?;
    keep(&application, &request, &caller, draft).await.map(web::Json)
}

/// The draft so far.
#[utoipa::path(get, path = "/api/checkout", params(("Checkout-Draft" = Option<String>, Header)),
    responses((status = 200, body = CheckoutState), Stepping, Private))]
pub(crate) async fn show(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
) -> Result<web::Json<CheckoutState>, Refused> {
    let carried = request.headers().get(paths::CHECKOUT_DRAFT).map(|value| value.to_str());
    let carried = carried.transpose().map_err(|_| Refused::about(Code::DraftRejected, "draft"))?;
    let draft = recall(&application, &request, &caller, carried).await?.ok_or(Refusal::NotStarted)?;
    let carried = carried.filter(|_| application.meta.state_held_by == Holder::Client); // Else a client could make one up.
    Ok(web::Json(draft.shown(carried.map(str::to_owned))))
}

/// Buy everything in the draft, exactly once: a second confirmation gets the orders of the first.
#[utoipa::path(post, path = "/api/checkout/confirm", request_body = Option<Confirm>,
    responses((status = 201, body = Confirmed), Buying, Body, CrossSite, Private))]
pub(crate) async fn confirm(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    JsonOrEmpty(given): JsonOrEmpty<Confirm>,
) -> Result<HttpResponse, Refused> {
    let draft = recall(&application, &request, &caller, given.draft.as_deref()).await?;
    let draft = advance(draft, Step::Confirm)?;
    let orders = application.store.confirm_checkout(caller.user.id, &draft).await?;
    Ok(HttpResponse::Created().json(Confirmed { orders }))
}

async fn recall(
    application: &Application,
    request: &HttpRequest,
    caller: &Caller,
    carried: Option<&str>,
) -> Result<Option<Draft>, Refused> {
    application.drafts.load(request, caller, carried).await
}

async fn keep(
    application: &Application,
    request: &HttpRequest,
    caller: &Caller,
    draft: Draft,
) -> Result<CheckoutState, Refused> {
    let carried = application.drafts.save(request, caller, &draft).await?;
    Ok(draft.shown(carried))
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        match refusal {
            Refusal::NotStarted => Refused::because(Code::CheckoutNotStarted),
            Refusal::Incomplete(missing) => {
                let missing: Vec<_> = missing.iter().map(|step| format!("{step:?}").to_lowercase()).collect();
                Refused::saying(Code::CheckoutIncomplete, format!("Still missing: {}.", missing.join(", ")))
            }
        }
    }
}
