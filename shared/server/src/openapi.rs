//! OpenAPI document: what is the contract, in words a machine reads?
//!
//! The document is generated from the handlers, so that it cannot promise what they do not do. It is the same on both
//! servers but for its title, the scheme of the credential and the keys that only a signed credential has.

use actix_web::HttpResponse;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::Application;
use crate::error::Refused;
use crate::responses::{self, Public};
use crate::routes::{account, checkout, credential, meta, orders, password, products, sessions};
use shared::api::meta::{CredentialKind, Meta};
use shared::api::paths;
use shared::api::problem::{Code, Problem};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        description = "One application, two memories: the contract that both servers keep.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    paths(
        meta::live,
        meta::ready,
        meta::metrics,
        show,
        meta::problem,
        meta::about,
        meta::anonymous,
        products::list,
        products::show,
        credential::log_in,
        credential::refresh,
        credential::log_out,
        credential::keys,
        sessions::list,
        sessions::end,
        sessions::end_all,
        account::whoami,
        account::profile,
        account::preferences,
        account::prefer,
        account::user,
        account::change_roles,
        password::change,
        products::offers,
        orders::list,
        orders::place,
        orders::show,
        checkout::show,
        checkout::start,
        checkout::address,
        checkout::payment,
        checkout::confirm,
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
        CredentialKind::Cookie => {
            document.paths.paths.remove(paths::JWKS);
            let secure = meta.options.get("secureCookie").is_some_and(|secure| secure == "true");
            let name = if secure { "__Host-sessionId" } else { "sessionId" };
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)))
        }
    };
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(responses::SCHEME, scheme);
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        responses::fold(operation);
        name(operation);
    }
    document
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = BTreeMap<String, serde_json::Value>), Public))]
pub(super) async fn show(application: Data<Application>) -> HttpResponse {
    HttpResponse::Ok().json(document(&application.meta))
}

/// A page to try the contract out; its script and style come with the server and nothing from elsewhere.
pub fn explorer(config: &mut ServiceConfig) {
    let page = SwaggerUi::new("/{_:.*}").config(Config::from(paths::OPENAPI));
    let slash = web::redirect("", format!("{}/", paths::DOCS));
    let others = web::to(async || {
        Err::<HttpResponse, _>(
            Refused::because(Code::MethodNotAllowed).with_header(ALLOW, HeaderValue::from_static("GET")),
        )
    });
    config.service(web::scope(paths::DOCS).service(slash).service(page).default_service(others));
}

/// `orders_show`: a handler's name alone is not unique, as OpenAPI 3.1, section 4.8.10, wants it.
fn name(operation: &mut Operation) {
    let module = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.take().map(|handler| format!("{module}_{handler}"));
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}
