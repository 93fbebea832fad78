//! Failed logins: how many wrong passwords came lately, and for whom?
//!
//! In SQL, so that a failed login counts on every replica. Whom it counts against is a number to this file: an account, whether
//! there is one or not, or an address.

use std::time::Duration;

use jiff::Timestamp;

use crate::error::Refused;
use crate::store::sql::{Sql, from_row};
use crate::store::{Store, now_ms};
use shared::api::account::User;

/// Wrong passwords since the first of them; once that is too long ago, none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FailedLogins {
    pub times: i64,
    /// From then on they do not count any more.
    pub until: Timestamp,
}

/// What must be known before a password is looked at.
pub struct Attempt {
    /// The user of this name, and the password's hash as a PHC string.
    pub user: Option<(User, String)>,
    pub account: FailedLogins,
    pub address: FailedLogins,
}

struct AttemptRow {
    id: Option<i64>,
    username: Option<String>,
    roles: Option<String>,
    password_hash: Option<String>,
    account_wrong: Option<i64>,
    account_until_ms: Option<i64>,
    address_wrong: Option<i64>,
    address_until_ms: Option<i64>,
}

from_row!(AttemptRow {
    id,
    username,
    roles,
    password_hash,
    account_wrong,
    account_until_ms,
    address_wrong,
    address_until_ms
});

/// Rows that one statement deletes at most: it holds SQLite's only write lock meanwhile.
const AT_ONCE: i64 = 256;

impl Store {
    /// All in one statement, which looks the same whether there is such a user or not.
    pub async fn attempt(&self, username: &str, account: i64, address: i64) -> Result<Attempt, Refused> {
        const ATTEMPT: &str = "SELECT id, username, roles, password_hash,
            account.wrong AS account_wrong, account.until_ms AS account_until_ms,
            address.wrong AS address_wrong, address.until_ms AS address_until_ms
            FROM (SELECT 1) AS attempt LEFT JOIN users ON username = $1
            LEFT JOIN guesses AS account ON account.subject = $2 AND account.until_ms > $4
            LEFT JOIN guesses AS address ON address.subject = $3 AND address.until_ms > $4";
        let sql = Sql::new(ATTEMPT).with(username).with(account).with(address).with(now_ms());
        let row = self.read::<AttemptRow>(sql).await?.pop();
        Ok(row.ok_or_else(|| Refused::internal("a join without its left side"))?.into())
    }

    /// Counts one wrong password against this subject. What it returns is exact, however many count at once.
    pub async fn count_failed_login(&self, subject: i64, window: Duration) -> Result<FailedLogins, Refused> {
        const COUNT: &str = "INSERT INTO guesses (subject, wrong, until_ms) VALUES ($1, 1, $2)
            ON CONFLICT (subject) DO UPDATE SET
            wrong = CASE WHEN guesses.until_ms > $3 THEN guesses.wrong + 1 ELSE 1 END,
            until_ms = CASE WHEN guesses.until_ms > $3 THEN guesses.until_ms ELSE excluded.until_ms END
            RETURNING wrong, until_ms";
        let now = now_ms();
        let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        let sql = Sql::new(COUNT).with(subject).with(now.saturating_add(window)).with(now);
        let counted = self.write::<(i64, i64)>(sql).await?.pop();
        counted.map(failed_logins).ok_or_else(|| Refused::internal("a write that returned no row"))
    }

    pub async fn forget_failed_logins(&self, subject: i64) -> Result<(), Refused> {
        let sql = Sql::new("DELETE FROM guesses WHERE subject = $1 RETURNING subject").with(subject);
        self.write::<(i64,)>(sql).await?;
        Ok(())
    }

    /// Deletes what does not count any more, a few rows at a time; returns how many there were.
    pub async fn forget_past_failed_logins(&self) -> Result<usize, Refused> {
        // Said twice: a row that begins to count again while Postgres waits for it must stay.
        const PAST: &str = "DELETE FROM guesses WHERE until_ms <= $1 AND subject IN
            (SELECT subject FROM guesses WHERE until_ms <= $1 ORDER BY until_ms LIMIT $2) RETURNING subject";
        let mut forgotten = 0;
        loop {
            let past = self.write::<(i64,)>(Sql::new(PAST).with(now_ms()).with(AT_ONCE)).await?.len();
            forgotten += past;
            if past == 0 {
                return Ok(forgotten);
            }
        }
    }
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Attempt {
        let user = row.id.zip(row.username).zip(row.roles).zip(row.password_hash);
        Attempt {
            user: user
                .map(|(((id, username), roles), hash)| (crate::store::accounts::user(id, username, &roles), hash)),
            account: row.account_wrong.zip(row.account_until_ms).map(failed_logins).unwrap_or_default(),
            address: row.address_wrong.zip(row.address_until_ms).map(failed_logins).unwrap_or_default(),
        }
    }
}

fn failed_logins((times, until_ms): (i64, i64)) -> FailedLogins {
    FailedLogins { times, until: Timestamp::from_millisecond(until_ms).unwrap_or(Timestamp::MAX) }
}
