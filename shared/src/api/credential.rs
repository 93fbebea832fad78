//! Credential requests: how does a client log in, renew, and see where it is logged in?

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::account::User;

/// `POST /login`.
#[derive(Clone, Serialize, Deserialize)]
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
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Credential {
    /// RFC 6750; `expiresIn` and `refreshExpiresIn` are seconds.
    #[serde(rename_all = "camelCase")] // Said here and not once for all: the document is made of this one alone.
    Bearer { access_token: String, token_type: String, expires_in: u64, refresh_token: String, refresh_expires_in: u64 },
    /// RFC 6265; the cookie itself is in `Set-Cookie`.
    Cookie,
}

/// `POST /refresh`: bearer clients send their refresh token, cookie clients nothing.
#[derive(Clone, Default, Serialize, Deserialize)]
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

/// Logs and panics show that a secret was there, and nothing of it.
impl fmt::Debug for LogIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogIn").finish_non_exhaustive()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credential::Bearer { .. } => f.debug_struct("Bearer").finish_non_exhaustive(),
            Credential::Cookie => f.write_str("Cookie"),
        }
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::account::ChangePassword;

    #[test]
    fn a_secret_is_in_no_log() {
        let secret = || String::from("secret");
        let credential = Credential::Bearer {
            access_token: secret(),
            token_type: "Bearer".into(),
            expires_in: 1,
            refresh_token: secret(),
            refresh_expires_in: 1,
        };
        let user = User { id: 1, username: "jane".into(), roles: Vec::new() };
        for shown in [
            format!("{:?}", LogIn { username: secret(), password: secret() }), // Some type it into the wrong field.
            format!("{:?}", LoggedIn { user, expires_at: String::new(), credential }),
            format!("{:?}", Refresh { refresh_token: Some(secret()) }),
            format!("{:?}", ChangePassword { current: secret(), new: secret() }),
        ] {
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}
