//! What is the contract, in words a machine reads?
//!
//! The document is generated from the handlers, so that it cannot promise what they do not do. It is the same on both
//! servers but for its title and the scheme of the credential.

use std::collections::BTreeMap;

use actix_web::web::ServiceConfig;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, RefOr, Ref, Response, ResponseBuilder, SecurityRequirement};
use utoipa::{IntoResponses, OpenApi as _};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::routes;
use crate::api::meta::{CredentialKind, Meta};
use crate::api::paths;
use crate::api::problem::{Code, Problem};

/// The name that operations know the credential's scheme by.
const SCHEME: &str = "credential";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(description = "One application, two memories: the contract that both servers keep.", license(name = "MIT OR Apache-2.0")),
    components(schemas(Problem)),
    paths(
        routes::meta::live, routes::meta::ready, routes::meta::metrics, routes::meta::openapi, routes::meta::problem,
        routes::meta::about, routes::meta::anonymous, routes::products::list, routes::products::show,
        routes::credential::log_in, routes::credential::refresh, routes::credential::log_out,
        routes::account::whoami, routes::account::profile, routes::account::preferences, routes::account::prefer,
        routes::account::user, routes::products::offers, routes::orders::list, routes::orders::place, routes::orders::show,
        routes::checkout::show, routes::checkout::start, routes::checkout::address, routes::checkout::payment,
        routes::checkout::confirm,
    )
)]
struct Contract;

/// The contract as this server keeps it: OpenAPI 3.1.
pub fn document(meta: &Meta) -> OpenApi {
    let mut document = Contract::openapi();
    document.info.title = meta.server.clone();
    document.info.version = meta.version.clone();
    let scheme = match meta.credential {
        CredentialKind::Bearer => SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        CredentialKind::Cookie => SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("sessionId"))),
    };
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, scheme);
    document
}

/// What an operation that needs a credential declares.
pub fn needs_credential() -> SecurityRequirement {
    SecurityRequirement::new(SCHEME, Vec::<String>::new())
}

/// A page to try the contract out; its script and style come with the server and nothing from elsewhere.
pub fn explorer(config: &mut ServiceConfig) {
    config.service(SwaggerUi::new(format!("{}/{{_:.*}}", paths::DOCS)).config(Config::from(paths::OPENAPI)));
}

macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $name:ident: $($code:ident)+;)+) => {
        $($(#[doc = $doc])+ pub struct $name;
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> { refusals(&[$(Code::$code),+]) }
        })+
    };
}

refusals! {
    /// What anybody may be told.
    Public: RequestTimeout HeadersTooLarge Internal StoreUnavailable Overloaded NotReady;
    /// What may be told where a credential is needed.
    Private: CredentialMissing CredentialRejected WrongPassword NotAllowed SessionConflict RequestTimeout HeadersTooLarge Internal StoreUnavailable Overloaded;
    /// What may be told about a body.
    Body: MalformedBody BodyTooLarge UnsupportedMediaType InvalidValues;
    /// What may be told about a path that names a thing.
    Id: MalformedRequest NotFound;
    /// What may be told about a list.
    Listed: MalformedRequest InvalidValues;
    /// What may be told about a path that names nothing.
    Missing: NotFound MalformedRequest;
    /// What may be told when buying.
    Buying: NotFound OutOfStock CheckoutNotStarted CheckoutIncomplete CheckoutConfirmed IdempotencyInFlight IdempotencyMismatch DraftRejected;
    /// What may be told between the steps of a checkout.
    Stepping: CheckoutNotStarted DraftRejected;
}

/// One response a status, which names each code that it may carry.
fn refusals(codes: &[Code]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status = BTreeMap::<u16, Vec<&str>>::new();
    for code in codes {
        by_status.entry(code.status()).or_default().push(code.title());
    }
    let response = |titles: Vec<&str>| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        ResponseBuilder::new().description(titles.join("; ")).content("application/problem+json", content).build()
    };
    by_status.into_iter().map(|(status, titles)| (status.to_string(), RefOr::T(response(titles)))).collect()
}
