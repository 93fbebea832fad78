//! How does a client prove who it is?

use serde::{Deserialize, Serialize};

use super::account::User;

/// `POST /login`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogIn {
    #[cfg_attr(
        feature = "server",
        garde(length(chars, min = 1, max = 64), pattern(r"^[!-~]+$")),
        schema(min_length = 1, max_length = 64, pattern = r"^[!-~]+$")
    )]
    pub username: String,
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 256)), schema(min_length = 1, max_length = 256, format = Password))]
    pub password: String,
}

/// The answer to `POST /login` and `POST /refresh`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LoggedIn {
    pub user: User,
    pub expires_at: String,
    pub credential: Credential,
}

/// What the client brings from now on: a token it holds itself, or a cookie that its browser holds for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Credential {
    /// RFC 6750; `expiresIn` and `refreshExpiresIn` are seconds.
    Bearer { access_token: String, token_type: String, expires_in: u64, refresh_token: String, refresh_expires_in: u64 },
    /// RFC 6265; the cookie itself is in `Set-Cookie`.
    Cookie,
}

/// `POST /refresh`: bearer clients send their refresh token, cookie clients nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 256)), schema(min_length = 1, max_length = 256))]
    pub refresh_token: Option<String>,
}

/// An element of `GET /api/sessions`: one login of the caller's that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenLogin {
    /// Names the login in `DELETE /api/sessions/{id}`, and opens nothing. It stays the same through renewals.
    pub id: String,
    pub created_at: String,
    /// When the server last heard of it: the last request where it remembers, the last renewal where it forgets.
    pub last_seen_at: String,
    pub expires_at: String,
    /// The `User-Agent` it began with.
    pub user_agent: Option<String>,
    /// The login that asks.
    pub current: bool,
}
