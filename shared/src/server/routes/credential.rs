//! How does somebody become known, stay known, and stop being known?

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::credential::{LogIn, LoggedIn, Refresh};
use crate::api::problem::Code;
use crate::server::Application;
use crate::server::error::Refused;
use crate::server::extract::{Json, JsonOrEmpty};
use crate::server::memory::Issued;
use crate::server::openapi::refusals::{Body, CrossSite, LoggingIn, Public, Renewing};
use crate::server::telemetry::{Part, timed};

/// Log in with user name and password.
#[utoipa::path(post, path = "/login", request_body = LogIn,
    responses((status = 200, body = LoggedIn), Body, LoggingIn, CrossSite, Public))]
pub(super) async fn log_in(
    application: Data<Application>,
    request: HttpRequest,
    Json(claim): Json<LogIn>,
) -> Result<web::Json<LoggedIn>, Refused> {
    // Unknown names and wrong passwords take the same time and get the same answer: neither tells who exists.
    let (user, hash) = application.store.login(&claim.username).await?.unzip();
    let matches = application.passwords.matches(claim.password, hash).await?;
    let Some(user) = user.filter(|_| matches) else {
        return Err(Refused::because(Code::WrongPassword));
    };
    let issued = timed(Part::Auth, application.credentials.issue(&request, user)).await?;
    Ok(web::Json(issued.into()))
}

/// Exchange the credential for a fresh one.
#[utoipa::path(post, path = "/refresh", request_body = Option<Refresh>,
    responses((status = 200, body = LoggedIn), Body, Renewing, CrossSite, Public))]
pub(super) async fn refresh(
    application: Data<Application>,
    request: HttpRequest,
    JsonOrEmpty(refresh): JsonOrEmpty<Refresh>,
) -> Result<web::Json<LoggedIn>, Refused> {
    let issued = timed(Part::Auth, application.credentials.renew(&request, refresh)).await?;
    Ok(web::Json(issued.into()))
}

/// Log out. Also right when nobody is logged in.
#[utoipa::path(post, path = "/logout", responses((status = 204), Renewing, CrossSite, Public))]
pub(super) async fn log_out(application: Data<Application>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    let forgotten = timed(Part::Auth, application.credentials.revoke(&request)).await?;
    let mut response = HttpResponse::NoContent();
    forgotten.map(|cookie| response.cookie(cookie));
    Ok(response.finish())
}

impl From<Issued> for LoggedIn {
    fn from(issued: Issued) -> LoggedIn {
        LoggedIn { user: issued.user, expires_at: issued.expires_at.to_string(), credential: issued.credential }
    }
}
