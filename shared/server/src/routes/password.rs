//! Password change: how does a user get another password?

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::{Caller, Elsewhere};
use crate::context::{Part, timed};
use crate::error::Refused;
use crate::extract::Json;
use crate::responses::{Body, CrossSite, Private, RateLimited};
use crate::routes::credential::recognise;
use shared::api::account::ChangePassword;
use shared::api::problem::{Code, FieldError};

/// Change the caller's password, and log out everywhere else: whoever knew the old one may be there.
#[utoipa::path(put, path = "/api/users/password", request_body = ChangePassword,
    responses((status = 204), Body, RateLimited, CrossSite, Private))]
pub(crate) async fn change(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Json(change): Json<ChangePassword>,
) -> Result<HttpResponse, Refused> {
    let name = &caller.user.username;
    let known = recognise(&application, &request, name, change.current).await;
    let (user, seen) =
        known.map_err(|refused| if refused.code == Code::WrongPassword { not_the_password() } else { refused })?;
    let place = application.passwords.queue()?;
    let hash = application.passwords.accept(place, change.new, [name.clone(), application.meta.server.clone()]).await?;
    if !application.store.set_password(user.id, &seen, &hash).await? {
        return Err(not_the_password()); // It was, when the request came. Somebody else was faster.
    }
    let ended = timed(Part::Auth, application.credentials.end(&caller, Elsewhere::All)).await;
    ended.map_err(|refused| Refused { detail: ONLY_HALF_DONE.into(), ..refused })?;
    Ok(HttpResponse::NoContent().finish())
}

/// To repeat the request would not help: `current` is another one by now.
const ONLY_HALF_DONE: &str =
    "The password is changed, but your other logins could not be reached. End them with `DELETE /api/sessions`.";

fn not_the_password() -> Refused {
    Refused::invalid(vec![FieldError { field: "current".into(), message: "is not your password".into() }])
}
