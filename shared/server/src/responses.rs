//! Declared responses: which refusals must a client of an operation expect?
//!
//! Operations declare groups of codes, and groups overlap in their statuses. So a group declares every code under a key of
//! its own, `404 not_found`, and [`fold`] makes of them the one response that a status may have.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement};

use crate::error::word;
use shared::api::problem::Code;

/// The name that operations know the credential's scheme by.
pub(super) const SCHEME: &str = "credential";

/// The key by which [`Private`] says that a credential is needed.
const NEEDS_CREDENTIAL: &str = "needs credential";

type Declared = BTreeMap<String, RefOr<Response>>;

macro_rules! groups {
    ($($(#[doc = $doc:literal])+ $group:ident: $($code:ident)+;)+) => {
        $($(#[doc = $doc])+ pub(in crate) struct $group;
        impl IntoResponses for $group {
            fn responses() -> Declared { declare(&[$(Code::$code),+]) }
        })+
    };
}

groups! {
    /// What anybody may be told, whatever the operation is.
    Public: MalformedRequest RequestTimeout HeadersTooLarge Internal StoreUnavailable Overloaded;
    /// What a balancer may be told.
    Draining: NotReady;
    /// What may be told to somebody who asks for a credential.
    LoggingIn: WrongPassword;
    /// What may be told to somebody who tries a password.
    RateLimited: TooManyGuesses;
    /// What may be told to somebody who renews a credential.
    Renewing: RefreshReused;
    /// What may be told to somebody who renews or ends one.
    Ending: CredentialMissing CredentialRejected SessionConflict;
    /// What a browser may be told that was sent here by another site.
    CrossSite: CrossSite;
    /// What may be told about a body.
    Body: MalformedBody BodyTooLarge UnsupportedMediaType InvalidValues;
    /// What may be told about a path that names a thing.
    Id: NotFound;
    /// What may be told about a list.
    Listed: InvalidValues;
    /// What may be told about a path that names nothing.
    Missing: NotFound;
    /// What may be told when buying.
    Buying: NotFound OutOfStock CheckoutNotStarted CheckoutIncomplete CheckoutConfirmed IdempotencyInFlight
        IdempotencyMismatch DraftRejected;
    /// What may be told between the steps of a checkout.
    Stepping: CheckoutNotStarted DraftRejected;
    /// What may be told when others write, too.
    Conditional: StaleWrite;
}

/// What may be told where a credential is needed, and that it is.
pub(crate) struct Private;

impl IntoResponses for Private {
    fn responses() -> Declared {
        let own = [Code::CredentialMissing, Code::CredentialRejected, Code::NotAllowed, Code::SessionConflict];
        let marker = (NEEDS_CREDENTIAL.to_owned(), RefOr::T(Response::new("")));
        declare(&own).into_iter().chain(Public::responses()).chain([marker]).collect()
    }
}

fn declare(codes: &[Code]) -> Declared {
    let entry = |code: &Code| (format!("{} {}", code.status(), word(*code)), RefOr::T(Response::new(code.title())));
    codes.iter().map(entry).collect()
}

/// Makes of all declared codes one response a status, which lists them, and of the marker a requirement.
pub(super) fn fold(operation: &mut Operation) {
    let responses = std::mem::take(&mut operation.responses.responses);
    let mut refusals = BTreeMap::<String, Vec<(String, String)>>::new();
    for (key, response) in responses {
        match (key.split_once(' '), response) {
            _ if key == NEEDS_CREDENTIAL => {
                operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
            }
            (Some((status, code)), RefOr::T(response)) => {
                refusals.entry(status.to_owned()).or_default().push((code.to_owned(), response.description));
            }
            (_, response) => drop(operation.responses.responses.insert(key, response)),
        }
    }
    let folded = refusals.into_iter().map(|(status, codes)| (status, RefOr::T(refusal(codes))));
    operation.responses.responses.extend(folded);
}

fn refusal(codes: Vec<(String, String)>) -> Response {
    let (codes, titles): (Vec<_>, Vec<_>) = codes.into_iter().unzip();
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes));
    let narrowed = ObjectBuilder::new().property("code", code);
    let problem = AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(narrowed);
    let content = ContentBuilder::new().schema(Some(problem)).build();
    ResponseBuilder::new().description(titles.join("; ")).content("application/problem+json", content).build()
}
