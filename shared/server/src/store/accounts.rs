//! User table: who is there, what may they do, and how do they like things?

use crate::error::Refused;
use crate::store::sql::{Sql, from_row};
use crate::store::{Store, rfc3339};
use shared::api::account::{Preferences, Profile, Role, Theme, User};
use shared::api::problem::Code;

struct ProfileRow {
    id: i64,
    username: String,
    roles: String,
    member_since_ms: i64,
    theme: Option<String>,
    language: Option<String>,
    timezone: Option<String>,
}

from_row!(ProfileRow { id, username, roles, member_since_ms, theme, language, timezone });

impl Store {
    /// The user as of this moment, and the password's hash as a PHC string.
    pub async fn user(&self, id: i64) -> Result<Option<(User, String)>, Refused> {
        let sql = Sql::new("SELECT id, username, roles, password_hash FROM users WHERE id = $1").with(id);
        let found = self.read::<(i64, String, String, String)>(sql).await?.pop();
        Ok(found.map(|(id, username, roles, hash)| (user(id, username, &roles), hash)))
    }

    /// Gives the user these roles and no others; `None` when there is no such user.
    pub async fn set_roles(&self, id: i64, roles: &[Role]) -> Result<Option<User>, Refused> {
        const ROLES: &str = "UPDATE users SET roles = $2 WHERE id = $1 RETURNING id, username, roles";
        let roles = roles.iter().map(|role| role_word(*role)).collect::<Vec<_>>().join(",");
        let changed = self.write::<(i64, String, String)>(Sql::new(ROLES).with(id).with(&*roles)).await?.pop();
        Ok(changed.map(|(id, username, roles)| user(id, username, &roles)))
    }

    /// Puts a new hash in the place of the one that was seen: false when another is there by now.
    pub async fn set_password(&self, id: i64, seen: &str, hash: &str) -> Result<bool, Refused> {
        const PASSWORD: &str = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id";
        Ok(!self.write::<(i64,)>(Sql::new(PASSWORD).with(id).with(seen).with(hash)).await?.is_empty())
    }

    pub async fn profile(&self, id: i64) -> Result<Option<Profile>, Refused> {
        const PROFILE: &str = "SELECT id, username, roles, member_since_ms, theme, language, timezone
            FROM users LEFT JOIN user_preferences ON user_id = id WHERE id = $1";
        let found = self.read::<ProfileRow>(Sql::new(PROFILE).with(id)).await?.pop();
        Ok(found.map(|row| Profile {
            user: user(row.id, row.username, &row.roles),
            preferences: row.theme.zip(row.language).zip(row.timezone).map(preferences).unwrap_or_default(),
            member_since: rfc3339(row.member_since_ms),
        }))
    }

    /// The preferences and their version, for an `ETag`: the defaults and 0 until some were stored.
    pub async fn preferences(&self, user: i64) -> Result<(Preferences, i64), Refused> {
        const PREFERENCES: &str = "SELECT theme, language, timezone, version FROM user_preferences WHERE user_id = $1";
        let found = self.read::<(String, String, String, i64)>(Sql::new(PREFERENCES).with(user)).await?.pop();
        Ok(found.map_or_else(Default::default, |(theme, language, timezone, version)| {
            (preferences(((theme, language), timezone)), version)
        }))
    }

    /// Stores preferences and returns their version: over `expected` only, or over whatever is there.
    ///
    /// # Errors
    /// `StaleWrite` when another version than `expected` is there.
    pub async fn set_preferences(&self, user: i64, new: &Preferences, expected: Option<i64>) -> Result<i64, Refused> {
        const WHATEVER: &str = "INSERT INTO user_preferences (user_id, theme, language, timezone, version)
            VALUES ($1, $2, $3, $4, 1) ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme,
            language = excluded.language, timezone = excluded.timezone, version = user_preferences.version + 1
            RETURNING version";
        const FIRST: &str = "INSERT INTO user_preferences (user_id, theme, language, timezone, version)
            VALUES ($1, $2, $3, $4, 1) ON CONFLICT (user_id) DO NOTHING RETURNING version";
        const NEXT: &str = "UPDATE user_preferences SET theme = $2, language = $3, timezone = $4, version = version + 1
            WHERE user_id = $1 AND version = $5 RETURNING version";
        let sql =
            |text| Sql::new(text).with(user).with(theme_word(new.theme)).with(&*new.language).with(&*new.timezone);
        let sql = match expected {
            None => sql(WHATEVER),
            Some(0) => sql(FIRST),
            Some(version) => sql(NEXT).with(version),
        };
        let stored = self.write::<(i64,)>(sql).await?.pop();
        stored.map(|(version,)| version).ok_or_else(|| Refused::because(Code::StaleWrite))
    }
}

/// A word that is not a role gives no rights.
pub(super) fn user(id: i64, username: String, roles: &str) -> User {
    let role = |word| [Role::User, Role::Admin].into_iter().find(|role| role_word(*role) == word);
    User { id, username, roles: roles.split(',').filter_map(role).collect() }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Admin => "admin",
    }
}

fn preferences(((theme, language), timezone): ((String, String), String)) -> Preferences {
    let theme = match theme.as_str() {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        _ => Theme::System,
    };
    Preferences { theme, language, timezone }
}

fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::System => "system",
    }
}
