//! Session handlers: where am I logged in, and how does that end?

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::{Caller, Elsewhere};
use crate::context::{Part, timed};
use crate::error::Refused;
use crate::extract::Path;
use crate::responses::{CrossSite, Id, Private};
use crate::routes::credential::log_out;
use shared::api::credential::OpenLogin;
use shared::api::problem::Code;

/// Where the caller is logged in, the newest login first.
#[utoipa::path(get, path = "/api/sessions", responses((status = 200, body = Vec<OpenLogin>), Private))]
pub(crate) async fn list(application: Data<Application>, caller: Caller) -> Result<web::Json<Vec<OpenLogin>>, Refused> {
    timed(Part::Auth, application.credentials.list(&caller)).await.map(web::Json)
}

/// Log out one of the caller's logins, be it this one.
#[utoipa::path(delete, path = "/api/sessions/{id}", params(("id" = String, Path)),
    responses((status = 204), Id, CrossSite, Private))]
pub(crate) async fn end(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<HttpResponse, Refused> {
    if id == caller.login {
        return log_out(application, request).await;
    }
    match timed(Part::Auth, application.credentials.end(&caller, Elsewhere::One(&id))).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Refused::saying(Code::NotFound, "You have no such login, or it has ended.")),
    }
}

/// Log out everywhere.
#[utoipa::path(delete, path = "/api/sessions", responses((status = 204), CrossSite, Private))]
pub(crate) async fn end_all(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Refused> {
    timed(Part::Auth, application.credentials.end(&caller, Elsewhere::All)).await?;
    log_out(application, request).await // Last: if the others could not be reached, the caller can still try again.
}
