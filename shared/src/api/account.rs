//! User account: who is a user, and how do they like things?

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    User,
    Admin,
}

/// The three facts a credential vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: i64,
    pub username: String,
    pub roles: Vec<Role>,
}

/// `GET /api/whoami`: the caller, from the credential alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Whoami {
    #[serde(flatten)]
    pub user: User,
    /// When the credential ends, if nothing renews it.
    pub expires_at: String,
}

/// `GET /api/users/profile` and `GET /api/users/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    #[serde(flatten)]
    pub user: User,
    pub preferences: Preferences,
    pub member_since: String,
}

/// `PUT /api/users/{id}/roles`: all that somebody may do from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeRoles {
    /// Each at most once.
    #[cfg_attr(
        feature = "server",
        garde(length(min = 1, max = 2), custom(crate::vocabulary::are_different)),
        schema(schema_with = crate::vocabulary::one_or_two::<Role>)
    )]
    pub roles: Vec<Role>,
}

/// `PUT /api/users/password`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    #[cfg_attr(feature = "server", garde(length(chars, min = 1, max = 256)), schema(min_length = 1, max_length = 256, format = Password))]
    pub current: String,
    /// 15 characters or more, whichever they are, and none of the common ones (NIST SP 800-63B-4, section 3.1.1.2).
    #[cfg_attr(feature = "server", garde(length(chars, min = 15, max = 256)), schema(min_length = 15, max_length = 256, format = Password))]
    pub new: String,
}

/// Logs and panics show that a secret was there, and nothing of it.
impl fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangePassword").finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
    System,
}

/// The body of `GET` and `PUT /api/users/preferences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, garde::Validate))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preferences {
    #[cfg_attr(feature = "server", garde(skip))]
    pub theme: Theme,
    /// A BCP 47 tag of language, script and region: `en`, `pt-BR`, `zh-Hant-TW`.
    #[cfg_attr(
        feature = "server",
        garde(pattern(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")),
        schema(pattern = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")
    )]
    pub language: String,
    /// A name of the IANA time zone database: `Europe/Berlin`.
    #[cfg_attr(feature = "server", garde(custom(crate::vocabulary::is_time_zone)), schema(schema_with = crate::vocabulary::time_zones))]
    pub timezone: String,
}

impl Default for Preferences {
    fn default() -> Self {
        Preferences { theme: Theme::System, language: "en".into(), timezone: "UTC".into() }
    }
}
