//! Account handlers: who am I, who is somebody, and how do I like things?

use actix_web::http::header::{self, EntityTag, Header, IfMatch};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::Application;
use crate::backend::Caller;
use crate::context::{Part, timed};
use crate::error::Refused;
use crate::extract::{Json, Path};
use crate::responses::{Body, Conditional, CrossSite, Id, Private};
use crate::routes::reply::already_has;
use shared::api::account::{ChangeRoles, Preferences, Profile, Role, User, Whoami};
use shared::api::problem::Code;

/// The caller, from the credential alone.
#[utoipa::path(get, path = "/api/whoami", responses((status = 200, body = Whoami), Private))]
pub(crate) async fn whoami(caller: Caller) -> web::Json<Whoami> {
    web::Json(Whoami { user: caller.user, expires_at: caller.expires_at.to_string() })
}

/// The caller, with preferences.
#[utoipa::path(get, path = "/api/users/profile", responses((status = 200, body = Profile), Private))]
pub(crate) async fn profile(application: Data<Application>, caller: Caller) -> Result<web::Json<Profile>, Refused> {
    let profile = application.store.profile(caller.user.id).await?;
    profile.map(web::Json).ok_or_else(|| Refused::because(Code::NotFound))
}

/// Somebody: oneself, or anybody for an admin.
#[utoipa::path(get, path = "/api/users/{id}", params(("id" = i64, Path)), responses((status = 200, body = Profile), Id, Private))]
pub(crate) async fn user(
    application: Data<Application>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<web::Json<Profile>, Refused> {
    if id != caller.user.id && !is_admin(&caller.user) {
        return Err(Refused::saying(Code::NotAllowed, "Only an admin may look at somebody else."));
    }
    let profile = application.store.profile(id).await?;
    profile.map(web::Json).ok_or_else(|| Refused::because(Code::NotFound))
}

/// What somebody may do from now on; for admins.
#[utoipa::path(put, path = "/api/users/{id}/roles", params(("id" = i64, Path)), request_body = ChangeRoles,
    responses((status = 200, body = User), Id, Body, CrossSite, Private))]
pub(crate) async fn change_roles(
    application: Data<Application>,
    caller: Caller,
    Path(id): Path<i64>,
    Json(ChangeRoles { mut roles }): Json<ChangeRoles>,
) -> Result<web::Json<User>, Refused> {
    if !is_admin(&caller.user) || !is_admin_by_now(&application, &caller).await? {
        return Err(Refused::saying(Code::NotAllowed, "Only an admin may say who may do what."));
    }
    roles.sort_unstable(); // So that the same roles are equal, in whichever order they came.
    let mut user = application.store.set_roles(id, &roles).await?.ok_or_else(|| Refused::because(Code::NotFound))?;
    loop {
        timed(Part::Auth, application.credentials.reassign(&user)).await?;
        match application.store.user(id).await? {
            // Else, of two changes at once, SQL could keep the one and the credentials the other.
            Some((now, _)) if now.roles != user.roles => user = now,
            _ => return Ok(web::Json(user)),
        }
    }
}

fn is_admin(user: &User) -> bool {
    user.roles.contains(&Role::Admin)
}

/// As SQL has it: a credential that outlives the admin role must not be able to give it back. It is told so on this
/// occasion: the change that took the role may have failed half-way, and whoever gave up his own cannot repeat it.
async fn is_admin_by_now(application: &Application, caller: &Caller) -> Result<bool, Refused> {
    let Some((now, _)) = application.store.user(caller.user.id).await? else { return Ok(false) };
    if !is_admin(&now) {
        timed(Part::Auth, application.credentials.reassign(&now)).await?;
    }
    Ok(is_admin(&now))
}

/// How the caller likes things.
#[utoipa::path(get, path = "/api/users/preferences",
    params(("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Preferences), (status = 304), Private))]
pub(crate) async fn preferences(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Refused> {
    let (preferences, version) = application.store.preferences(caller.user.id).await?;
    let tag = tag(version);
    if already_has(&request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header(header::ETag(tag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header(header::ETag(tag)).json(preferences))
}

/// Change it; with `If-Match`, only if nobody else did since.
#[utoipa::path(put, path = "/api/users/preferences", request_body = Preferences,
    params(("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Preferences), Conditional, Body, CrossSite, Private))]
pub(crate) async fn prefer(
    application: Data<Application>,
    request: HttpRequest,
    caller: Caller,
    Json(preferences): Json<Preferences>,
) -> Result<HttpResponse, Refused> {
    let expected = expected_version(&application, &request, caller.user.id).await?;
    let version = application.store.set_preferences(caller.user.id, &preferences, expected).await?;
    Ok(HttpResponse::Ok().insert_header(header::ETag(tag(version))).json(preferences))
}

/// The present version if `If-Match` names it among others, compared strongly (RFC 9110, section 13.1.1).
async fn expected_version(application: &Application, request: &HttpRequest, user: i64) -> Result<Option<i64>, Refused> {
    if !request.headers().contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    match IfMatch::parse(request) {
        Ok(IfMatch::Any) => Ok(None),
        Ok(IfMatch::Items(tags)) => {
            let (_, present) = application.store.preferences(user).await?;
            let is_named = tags.iter().any(|seen| seen.strong_eq(&tag(present)));
            is_named.then_some(Some(present)).ok_or_else(|| Refused::because(Code::StaleWrite))
        }
        Err(_) => Err(Refused::saying(Code::MalformedRequest, "If-Match is not a list of entity tags.")),
    }
}

fn tag(version: i64) -> EntityTag {
    EntityTag::new_strong(version.to_string())
}
