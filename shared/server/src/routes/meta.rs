//! Server handlers: which server is this, how is it, and what can it be asked?

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::error::Refused;
use crate::extract::Path;
use crate::responses::{Draining, Missing, Public};
use crate::telemetry;
use shared::api::account::{Role, User, Whoami};
use shared::api::meta::{Health, Meta};
use shared::api::problem::Code;

/// Does the process run? Asks nobody.
#[utoipa::path(get, path = "/health/live", responses((status = 200, body = Health), Public))]
pub(crate) async fn live() -> web::Json<Health> {
    web::Json(Health { status: "live".into() })
}

/// Should traffic come here? Not while a store is away, and not once shutdown has begun.
#[utoipa::path(get, path = "/health/ready", responses((status = 200, body = Health), Draining, Public))]
pub(crate) async fn ready(application: Data<Application>) -> Result<web::Json<Health>, Refused> {
    if application.health.is_shutting_down() {
        return Err(Refused::saying(Code::NotReady, "Shutting down: send no more requests here."));
    }
    let failed = [("database", application.store.ready().await), ("sessions", application.credentials.ready().await)];
    let failed: Vec<_> = failed.into_iter().filter(|(_, answer)| answer.is_err()).map(|(store, _)| store).collect();
    if !failed.is_empty() {
        return Err(Refused::saying(Code::NotReady, format!("No answer from: {}.", failed.join(", "))));
    }
    Ok(web::Json(Health { status: "ready".into() }))
}

/// Prometheus text.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String, content_type = "application/openmetrics-text"), Public))]
pub(crate) async fn metrics(application: Data<Application>) -> HttpResponse {
    HttpResponse::Ok().content_type(telemetry::CONTENT_TYPE).body(application.telemetry.render())
}

/// What a problem's `type` points at.
#[utoipa::path(get, path = "/problems/{code}", params(("code" = Code, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), Missing, Public))]
pub(crate) async fn problem(Path(word): Path<String>) -> Result<HttpResponse, Refused> {
    let code: Code = serde_json::from_value(word.into()).map_err(|_| Refused::because(Code::NotFound))?;
    let text = format!("{} ({})\n\n{}\n", code.title(), code.status(), code.explanation().trim());
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// Which of the two servers, and how it was started.
#[utoipa::path(get, path = "/api/meta", responses((status = 200, body = Meta), Public))]
pub(crate) async fn about(application: Data<Application>) -> web::Json<Meta> {
    web::Json(application.meta.clone())
}

/// The control of every measurement: an answer of the size and shape of `/api/whoami`, for which nobody is asked anything.
#[utoipa::path(get, path = "/api/anonymous", responses((status = 200, body = Whoami), Public))]
pub(crate) async fn anonymous(_: HttpRequest) -> HttpResponse {
    let user = User { id: 1000, username: "anonymous".into(), roles: vec![Role::User] };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Whoami { user, expires_at: jiff::Timestamp::UNIX_EPOCH.to_string() })
}
