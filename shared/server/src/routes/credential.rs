//! Login handlers: how does a user log in, renew the credential and log out?

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::{Caller, Elsewhere, Issued};
use crate::context::{Part, timed};
use crate::error::Refused;
use crate::extract::{Json, JsonOrEmpty};
use crate::responses::{Body, CrossSite, Ending, LoggingIn, Missing, Public, RateLimited, Renewing};
use shared::api::account::User;
use shared::api::credential::{LogIn, LoggedIn, Refresh};
use shared::api::problem::Code;

/// Log in with user name and password.
#[utoipa::path(post, path = "/login", request_body = LogIn,
    responses((status = 200, body = LoggedIn), Body, LoggingIn, RateLimited, CrossSite, Public))]
pub(crate) async fn log_in(
    application: Data<Application>,
    request: HttpRequest,
    Json(claim): Json<LogIn>,
) -> Result<web::Json<LoggedIn>, Refused> {
    let (user, hash) = recognise(&application, &request, &claim.username, claim.password).await?;
    let issued = timed(Part::Auth, application.credentials.issue(&request, user)).await?;
    let refused = match settled(&application, &issued).await {
        Ok(now) if now == hash => return Ok(web::Json(issued.into())),
        Ok(_) => Refused::because(Code::WrongPassword),
        Err(refused) => refused,
    };
    take_back(&application, &request, issued).await?;
    Err(refused)
}

/// Exchange the credential for a fresh one.
#[utoipa::path(post, path = "/refresh", request_body = Option<Refresh>, security((), ("credential" = [])),
    responses((status = 200, body = LoggedIn), Body, Renewing, Ending, CrossSite, Public))]
pub(crate) async fn refresh(
    application: Data<Application>,
    request: HttpRequest,
    JsonOrEmpty(refresh): JsonOrEmpty<Refresh>,
) -> Result<web::Json<LoggedIn>, Refused> {
    let issued = timed(Part::Auth, application.credentials.renew(&request, refresh)).await?;
    settled(&application, &issued).await?;
    Ok(web::Json(issued.into()))
}

/// Log out. Also right when nobody is logged in.
#[utoipa::path(post, path = "/logout", security((), ("credential" = [])), responses((status = 204), Ending, CrossSite, Public))]
pub(crate) async fn log_out(application: Data<Application>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    let forgotten = timed(Part::Auth, application.credentials.revoke(&request)).await?;
    let mut response = HttpResponse::NoContent();
    forgotten.map(|cookie| response.cookie(cookie));
    Ok(response.finish())
}

/// The public keys that anybody can check a credential with (RFC 7517); where no such keys are, there is nothing.
#[utoipa::path(get, path = "/.well-known/jwks.json",
    responses((status = 200, body = BTreeMap<String, serde_json::Value>, content_type = "application/jwk-set+json"), Missing, Public))]
pub(crate) async fn keys(application: Data<Application>) -> Result<HttpResponse, Refused> {
    let keys = application.credentials.public_keys().ok_or_else(|| Refused::because(Code::NotFound))?;
    let mut response = HttpResponse::Ok();
    // A key that takes over may be new to whoever asked five minutes ago, so it must be published that long before.
    response.insert_header((header::CACHE_CONTROL, "public, max-age=300")).content_type("application/jwk-set+json");
    Ok(response.body(keys.to_string()))
}

/// Whose name and password are these? The user, and the hash that the password matched. Unknown names and wrong passwords
/// take the same time and get the same answer: neither tells who exists.
pub(crate) async fn recognise(
    application: &Application,
    request: &HttpRequest,
    username: &str,
    password: String,
) -> Result<(User, String), Refused> {
    let place = application.passwords.queue()?; // Before anything that waits: else nothing would bound those who do.
    let mut attempt = application.login_limiter.begin(request, username).await?;
    let (user, hash) = attempt.user.take().unzip();
    let matches = application.passwords.matches(place, password, hash.clone()).await?;
    match user.zip(hash).filter(|_| matches) {
        Some(known) => attempt.succeeded().await.map(|()| known),
        None => Err(attempt.failed().await),
    }
}

/// Whoever changed roles or password while the credential was being made could not reach it yet. So this looks again once
/// it is made, sees to the roles, and returns the hash of the password as it is now.
async fn settled(application: &Application, issued: &Issued) -> Result<String, Refused> {
    let now = application.store.user(issued.user.id).await?;
    let (user, hash) = now.ok_or_else(|| Refused::because(Code::CredentialRejected))?;
    if user.roles != issued.user.roles {
        timed(Part::Auth, application.credentials.reassign(&user)).await?;
    }
    Ok(hash)
}

/// Ends a login that must not be handed out. From the request first, which asks nobody: else a store that fails here would
/// let the answer carry it out all the same.
async fn take_back(application: &Application, request: &HttpRequest, issued: Issued) -> Result<(), Refused> {
    let revoked = application.credentials.revoke(request).await;
    let elsewhere = Caller { user: issued.user, login: String::new(), expires_at: issued.expires_at };
    application.credentials.end(&elsewhere, Elsewhere::One(&issued.login)).await?;
    revoked.map(drop)
}

impl From<Issued> for LoggedIn {
    fn from(issued: Issued) -> LoggedIn {
        LoggedIn { user: issued.user, expires_at: issued.expires_at.to_string(), credential: issued.credential }
    }
}
