//! Problem details (RFC 9457): what does a refusal say?
//!
//! RFC 9457. The `code` is for `match` and never reworded; `title` and `detail` are for people.

use serde::{Deserialize, Serialize};

/// The body of every error, whoever raised it: `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// A path of this server that explains the code.
    pub r#type: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    pub code: Code,
    pub request_id: String,
    /// Which fields were wrong; on 422 only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

macro_rules! codes {
    ($($(#[doc = $explanation:literal])+ $code:ident => $status:literal, $title:literal;)+) => {
        /// Every reason for which a server refuses, one for each thing that a client can do about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[doc = $explanation])+ $code,)+ }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$code,)+];

            pub fn status(self) -> u16 {
                match self { $(Code::$code => $status,)+ }
            }

            pub fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)+ }
            }

            /// What happened and what to do next, for the page behind `type`.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$code => concat!($($explanation),+),)+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or nested too deeply. Check it with a JSON linter.
    MalformedBody => 400, "The body cannot be read";
    /// A path segment, query parameter or header has the wrong form.
    MalformedRequest => 400, "The request cannot be read";
    /// No credential came with the request. Log in at `POST /login` and bring what it gives.
    CredentialMissing => 401, "Nobody is logged in";
    /// The credential is forged, expired or ended. Log in again, or renew it at `POST /refresh`.
    CredentialRejected => 401, "The credential is not valid";
    /// This refresh token was used before. Whoever used it first may be a thief, so the login has ended. Log in again.
    RefreshReused => 401, "The refresh token was used before";
    /// No user has this name and password.
    WrongPassword => 401, "User name or password is wrong";
    /// The caller is known, and may not do this.
    NotAllowed => 403, "Not allowed";
    /// Another site sent a browser here. Ask from the server's own pages, or start it with `--allow-origin`.
    CrossSite => 403, "Another site sent this request";
    /// There is nothing here, or nothing of yours.
    NotFound => 404, "Not found";
    /// The path exists, the method does not. `Allow` lists those that do.
    MethodNotAllowed => 405, "Method not allowed";
    /// The request took too long to arrive. Send it again, faster.
    RequestTimeout => 408, "The request took too long to arrive";
    /// The product has fewer pieces left than were asked for. Order fewer.
    OutOfStock => 409, "Not enough in stock";
    /// No checkout is under way. Start one at `POST /api/checkout`.
    CheckoutNotStarted => 409, "No checkout is under way";
    /// Confirming needs an address and a payment. `detail` names what is missing.
    CheckoutIncomplete => 409, "The checkout is not complete";
    /// This draft was confirmed before, with other content. Start a new checkout.
    CheckoutConfirmed => 409, "The checkout was confirmed already";
    /// Two requests changed the session at once, and this one came second. Read again, then repeat it.
    SessionConflict => 409, "Somebody else changed the session";
    /// A request with this `Idempotency-Key` is still being answered. Wait, then repeat it.
    IdempotencyInFlight => 409, "The first request is still being answered";
    /// The preferences changed since they were read. Read them again, then repeat the change.
    StaleWrite => 412, "Changed since it was read";
    /// A body holds 64 KiB at most.
    BodyTooLarge => 413, "The body is too large";
    /// Send `Content-Type: application/json`.
    UnsupportedMediaType => 415, "The body must be JSON";
    /// Well-formed JSON with values that cannot be. `errors` names each field.
    InvalidValues => 422, "Some values are not valid";
    /// The draft that was sent back was not signed for this user, or is too old. Start a new checkout.
    DraftRejected => 422, "The draft is not valid";
    /// This `Idempotency-Key` came before, with another body. Use a new key.
    IdempotencyMismatch => 422, "The key was used for another request";
    /// Too many wrong passwords for this account, or from this address. Wait `Retry-After` seconds.
    TooManyGuesses => 429, "Too many wrong passwords";
    /// All header fields together hold 16 KiB at most.
    HeadersTooLarge => 431, "The header fields are too large";
    /// Something broke on our side. The `requestId` finds it in the log.
    Internal => 500, "Something broke here";
    /// A store that this request needs does not answer. Repeat it after `Retry-After` seconds.
    StoreUnavailable => 503, "A store does not answer";
    /// More work is waiting than can be done in time. Repeat it after `Retry-After` seconds.
    Overloaded => 503, "Too much at once";
    /// The server is shutting down or cannot reach its stores: send no traffic here.
    NotReady => 503, "Not ready";
}
