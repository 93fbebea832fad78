//! What can be asked, and who answers?

pub(super) mod account;
pub(super) mod checkout;
pub(super) mod credential;
pub(super) mod meta;
pub(super) mod orders;
pub(super) mod products;
mod reply;

use actix_web::guard::{self, Guard};
use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Handler, HttpResponse, Responder, Route};

use super::error::Refused;
use super::openapi;
use crate::api::paths;
use crate::api::problem::Code;

/// Answers that need no credential, and therefore no memory of anybody.
pub fn open(config: &mut ServiceConfig) {
    resource(config, paths::LIVE, [get(meta::live)]);
    resource(config, paths::READY, [get(meta::ready)]);
    resource(config, paths::METRICS, [get(meta::metrics)]);
    resource(config, paths::OPENAPI, [get(openapi::show)]);
    resource(config, paths::PROBLEM, [get(meta::problem)]);
    resource(config, paths::META, [get(meta::about)]);
    resource(config, paths::ANONYMOUS, [get(meta::anonymous)]);
    resource(config, paths::PRODUCTS, [get(products::list)]);
    resource(config, paths::PRODUCT, [get(products::show)]);
    openapi::explorer(config);
}

/// Answers to somebody: giving out a credential, asking for it, ending it.
pub fn known(config: &mut ServiceConfig) {
    resource(config, paths::LOGIN, [post(credential::log_in)]);
    resource(config, paths::REFRESH, [post(credential::refresh)]);
    resource(config, paths::LOGOUT, [post(credential::log_out)]);
    resource(config, paths::WHOAMI, [get(account::whoami)]);
    resource(config, paths::PROFILE, [get(account::profile)]);
    resource(config, paths::PREFERENCES, [get(account::preferences), put(account::prefer)]);
    resource(config, paths::USER, [get(account::user)]);
    resource(config, paths::DATA, [get(products::offers)]);
    resource(config, paths::ORDERS, [get(orders::list), post(orders::place)]);
    resource(config, paths::ORDER, [get(orders::show)]);
    resource(config, paths::CHECKOUT, [get(checkout::show), post(checkout::start)]);
    resource(config, paths::CHECKOUT_ADDRESS, [put(checkout::address)]);
    resource(config, paths::CHECKOUT_PAYMENT, [put(checkout::payment)]);
    resource(config, paths::CHECKOUT_CONFIRM, [post(checkout::confirm)]);
    config.default_service(web::to(async || refuse(Refused::because(Code::NotFound))));
}

/// One path, its methods, and a 405 with `Allow` (RFC 9110, section 15.5.6) for all others.
fn resource<const N: usize>(config: &mut ServiceConfig, path: &str, verbs: [Verb; N]) {
    let allow = verbs.each_ref().map(|verb| verb.allow).join(", ");
    let allow = header::HeaderValue::from_str(&allow).expect("method names are header text");
    let others = move || {
        let refused = Refused::because(Code::MethodNotAllowed).with_header(header::ALLOW, allow.clone());
        async { refuse(refused) }
    };
    let at = |path: &str| verbs.into_iter().fold(web::resource(path), |resource, verb| resource.route(verb.route));
    // A scope compares its prefix; an open path runs a regular expression, for every request that only passes by.
    match path.find("/{") {
        Some(open) => {
            let rest = at(&path[open..]).default_service(web::to(others));
            config.service(web::scope(&path[..open]).service(rest));
        }
        None => {
            config.service(at(path).default_service(web::to(others)));
        }
    }
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

fn verb<Args: actix_web::FromRequest + 'static>(
    allow: &'static str,
    guard: impl Guard + 'static,
    handler: impl Handler<Args, Output: Responder + 'static>,
) -> Verb {
    Verb { allow, route: web::route().guard(guard).to(handler) }
}
