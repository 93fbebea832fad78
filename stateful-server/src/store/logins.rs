//! Session list: where is a user logged in, and how does that change from elsewhere?
//!
//! Users see their logins and end any of them (OWASP ASVS 5.0, 7.5.2, 7.4.3), as the index knows them.

use server::backend::{Caller, Elsewhere};
use shared::api::account::User;
use shared::api::credential::OpenLogin;

use super::id::Id;
use super::stored::{Login, Stored};
use super::{SessionStore, StoreError};

/// How often a session is read again that somebody else writes at the same time; so many times in a row is no accident.
const ATTEMPTS: usize = 5;

impl SessionStore {
    /// The newest first.
    pub(crate) async fn list(&self, caller: &Caller) -> Result<Vec<OpenLogin>, StoreError> {
        let mut open = self.open(caller.user.id).await?;
        open.sort_by(|a, b| (b.1.stamp.created, &a.2.id).cmp(&(a.1.stamp.created, &b.2.id)));
        Ok(open.into_iter().map(|(_, stored, login)| login.shown_to(caller, stored.stamp, &self.limits)).collect())
    }

    /// False when there was no such login.
    pub(crate) async fn end_elsewhere(&self, caller: &Caller, elsewhere: Elsewhere<'_>) -> Result<bool, StoreError> {
        let is_meant = |login: &str| match elsewhere {
            Elsewhere::One(id) => login == id,
            Elsewhere::All => login != caller.login,
        };
        let open = self.open(caller.user.id).await?.into_iter();
        let meant: Vec<Id> = open.filter(|(.., login)| is_meant(&login.id)).map(|(id, ..)| id).collect();
        self.end_all(caller.user.id, &meant).await?;
        Ok(!meant.is_empty())
    }

    /// From the next request on, every session of this user has these roles. A request under way that has the old ones
    /// cannot write them back: it comes second, and conflicts.
    pub(crate) async fn reassign(&self, user: &User) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let outdated = self.outdated(user).await?;
            if outdated.is_empty() {
                return Ok(());
            }
            for (id, stored, login) in outdated {
                let read = stored.stamp.version;
                match self.put((&id, read), &id, &stored.reassigned(login, user)).await {
                    // Renewed meanwhile, it stands in the index under its new id.
                    Ok(()) | Err(StoreError::Conflict | StoreError::Ended) => {}
                    Err(unavailable) => return Err(unavailable),
                }
            }
        }
        // Whoever can write all the time shall not keep a role by that.
        let stubborn: Vec<Id> = self.outdated(user).await?.into_iter().map(|(id, ..)| id).collect();
        self.end_all(user.id, &stubborn).await
    }

    async fn outdated(&self, user: &User) -> Result<Vec<(Id, Stored, Login)>, StoreError> {
        let open = self.open(user.id).await?.into_iter();
        Ok(open.filter(|(.., login)| login.user != *user).collect())
    }

    async fn end_all(&self, user: i64, ids: &[Id]) -> Result<(), StoreError> {
        if ids.is_empty() { Ok(()) } else { Ok(self.backend.end(user, ids).await?) }
    }

    /// Within the limits of today: a server that was started anew may have shorter ones.
    async fn open(&self, user: i64) -> Result<Vec<(Id, Stored, Login)>, StoreError> {
        let now = jiff::Timestamp::now();
        let kept = self.backend.list(user).await?.into_iter();
        let living = kept.filter(|(_, stored)| stored.stamp.end(&self.limits) > now);
        Ok(living.filter_map(|(id, stored)| stored.login().map(|login| (id, stored, login))).collect())
    }
}
