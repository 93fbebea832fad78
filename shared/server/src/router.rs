//! Router: what can be asked, and who answers?

use actix_web::guard::{self, Guard};
use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Handler, HttpResponse, Resource, Responder, Route};

use crate::error::Refused;
use crate::openapi;
use crate::routes::{account, checkout, credential, meta, orders, password, products, sessions};
use shared::api::paths;
use shared::api::problem::Code;

// What is asked most stands first: the router compares one path after the other.

/// Answers that need no credential, and therefore no memory of anybody.
pub fn open(config: &mut ServiceConfig) {
    resource(config, paths::ANONYMOUS, [get(meta::anonymous)]);
    resource(config, paths::PRODUCTS, [get(products::list)]);
    below(config, [(paths::PRODUCT, get(products::show))]);
    resource(config, paths::LIVE, [get(meta::live)]);
    resource(config, paths::READY, [get(meta::ready)]);
    resource(config, paths::METRICS, [get(meta::metrics)]);
    resource(config, paths::OPENAPI, [get(openapi::show)]);
    below(config, [(paths::PROBLEM, get(meta::problem))]);
    resource(config, paths::META, [get(meta::about)]);
    resource(config, paths::JWKS, [get(credential::keys)]);
    openapi::explorer(config);
}

/// Answers to somebody: giving out a credential, asking for it, ending it.
pub fn known(config: &mut ServiceConfig) {
    resource(config, paths::WHOAMI, [get(account::whoami)]);
    resource(config, paths::PROFILE, [get(account::profile)]);
    resource(config, paths::LOGIN, [post(credential::log_in)]);
    resource(config, paths::REFRESH, [post(credential::refresh)]);
    resource(config, paths::LOGOUT, [post(credential::log_out)]);
    resource(config, paths::SESSIONS, [get(sessions::list), delete(sessions::end_all)]);
    below(config, [(paths::SESSION, delete(sessions::end))]);
    resource(config, paths::PREFERENCES, [get(account::preferences), put(account::prefer)]);
    resource(config, paths::PASSWORD, [put(password::change)]);
    below(config, [(paths::USER, get(account::user)), (paths::ROLES, put(account::change_roles))]);
    resource(config, paths::DATA, [get(products::offers)]);
    resource(config, paths::ORDERS, [get(orders::list), post(orders::place)]);
    below(config, [(paths::ORDER, get(orders::show))]);
    resource(config, paths::CHECKOUT, [get(checkout::show), post(checkout::start)]);
    resource(config, paths::CHECKOUT_ADDRESS, [put(checkout::address)]);
    resource(config, paths::CHECKOUT_PAYMENT, [put(checkout::payment)]);
    resource(config, paths::CHECKOUT_CONFIRM, [post(checkout::confirm)]);
    config.default_service(web::to(async || refuse(Refused::because(Code::NotFound))));
}

/// One path and its methods.
fn resource<const N: usize>(config: &mut ServiceConfig, path: &str, verbs: [Verb; N]) {
    config.service(at(path, verbs));
}

/// Open paths that begin alike. A scope compares that beginning; an open path runs a regular expression, for every request
/// that only passes by. Two scopes with one beginning would not do: the second is never asked.
fn below<const N: usize>(config: &mut ServiceConfig, open: [(&str, Verb); N]) {
    let beginning = open.first().and_then(|(path, _)| path.split("/{").next()).unwrap_or_default().to_owned();
    let scope = open.into_iter().fold(web::scope(&beginning), |scope, (path, verb)| {
        scope.service(at(path.trim_start_matches(&*beginning), [verb]))
    });
    config.service(scope);
}

/// Some methods, and a 405 with `Allow` (RFC 9110, section 15.5.6) for all others.
fn at<const N: usize>(path: &str, verbs: [Verb; N]) -> Resource {
    let allow = verbs.each_ref().map(|verb| verb.allow).join(", ");
    let allow = header::HeaderValue::from_str(&allow).expect("method names are header text");
    let others = move || {
        let refused = Refused::because(Code::MethodNotAllowed).with_header(header::ALLOW, allow.clone());
        async { refuse(refused) }
    };
    let resource = verbs.into_iter().fold(web::resource(path), |resource, verb| resource.route(verb.route));
    resource.default_service(web::to(others))
}

fn refuse(refused: Refused) -> Result<HttpResponse, Refused> {
    Err(refused)
}

struct Verb {
    allow: &'static str,
    route: Route,
}

/// `HEAD` is answered wherever `GET` is (RFC 9110, section 9.3.2); the HTTP layer leaves out the body.
fn get<Args: actix_web::FromRequest + 'static>(handler: impl Handler<Args, Output: Responder + 'static>) -> Verb {
    verb("GET, HEAD", guard::Any(guard::Get()).or(guard::Head()), handler)
}

fn post<Args: actix_web::FromRequest + 'static>(handler: impl Handler<Args, Output: Responder + 'static>) -> Verb {
    verb("POST", guard::Method(Method::POST), handler)
}

fn put<Args: actix_web::FromRequest + 'static>(handler: impl Handler<Args, Output: Responder + 'static>) -> Verb {
    verb("PUT", guard::Method(Method::PUT), handler)
}

fn delete<Args: actix_web::FromRequest + 'static>(handler: impl Handler<Args, Output: Responder + 'static>) -> Verb {
    verb("DELETE", guard::Method(Method::DELETE), handler)
}

fn verb<Args: actix_web::FromRequest + 'static>(
    allow: &'static str,
    guard: impl Guard + 'static,
    handler: impl Handler<Args, Output: Responder + 'static>,
) -> Verb {
    Verb { allow, route: web::route().guard(guard).to(handler) }
}
