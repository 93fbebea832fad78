//! Which refresh tokens are good?
//!
//! A family is one login of a server that keeps none itself. Its row holds the hash of the latest refresh token: whoever
//! reads the table cannot log in with it. Touched by login, refresh and logout only.

use jiff::Timestamp;

use super::accounts::user;
use super::sql::Sql;
use super::{Store, now_ms};
use crate::api::account::User;
use crate::server::error::Refused;

impl Store {
    /// Opens a family and returns its id, the `sid` of its tokens.
    pub async fn open_family(&self, user: i64, token_hash: &str, expires: Timestamp) -> Result<String, Refused> {
        const OPEN: &str = "INSERT INTO refresh_families (id, user_id, token_hash, expires_at_ms)
            VALUES ($1, $2, $3, $4) RETURNING id";
        let sid = format!("{:032x}", fastrand::u128(..)); // Unique is enough: it opens nothing.
        let sql = Sql::new(OPEN).with(&*sid).with(user).with(token_hash).with(expires.as_millisecond());
        self.write::<(String,)>(sql).await?;
        Ok(sid)
    }

    /// Puts a new token in the place of the old one, once: `None` when the old one is unknown, used up or out of date.
    /// The user's roles are those of this moment.
    pub async fn rotate_family(
        &self,
        old_hash: &str,
        new_hash: &str,
        expires: Timestamp,
    ) -> Result<Option<(String, User)>, Refused> {
        const ROTATE: &str = "UPDATE refresh_families SET token_hash = $2, expires_at_ms = $3
            WHERE token_hash = $1 AND expires_at_ms > $4 RETURNING id, user_id,
            (SELECT username FROM users WHERE users.id = user_id), (SELECT roles FROM users WHERE users.id = user_id)";
        let sql = Sql::new(ROTATE).with(old_hash).with(new_hash).with(expires.as_millisecond()).with(now_ms());
        let rotated = self.write::<(String, i64, String, String)>(sql).await?.pop();
        Ok(rotated.map(|(sid, id, username, roles)| (sid, user(id, username, &roles))))
    }

    /// Ends a family. Also right when it ended before.
    pub async fn end_family(&self, sid: &str) -> Result<(), Refused> {
        let sql = Sql::new("DELETE FROM refresh_families WHERE id = $1 RETURNING id").with(sid);
        self.write::<(String,)>(sql).await?;
        Ok(())
    }
}
