//! What do our signatures vouch for?
//!
//! The neighbour has no such file: it vouches for nothing, since the client carries nothing.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::api::account::{Role, User};
use shared::checkout::Draft;
use shared::server::memory::Caller;

use crate::families::Family;
use crate::keys::Keys;
use crate::terms::{Kind, NotOurs, Parties, Statement, Terms};

/// How long a sealed draft is taken back: longer than people leave a checkout open.
const SEAL: Duration = Duration::from_secs(12 * 60 * 60);

/// Who the bearer of an access token is (RFC 9068, section 2.2).
#[derive(Serialize, Deserialize)]
pub(crate) struct Access {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    /// `{sid}-{number}`.
    jti: String,
    /// The login that this token came from, and that a logout ends.
    pub(crate) sid: String,
    username: String,
    roles: Vec<Role>,
}

impl Statement for Access {
    const KIND: Kind = Kind::AccessToken;

    fn terms(&self) -> Terms<'_> {
        let Access { iss, aud, exp, iat, nbf, .. } = self;
        Terms { issuer: iss, audience: aud, issued: *iat, not_before: *nbf, expires: *exp }
    }
}

impl Access {
    /// The next token of a family. It does not outlive the login that it came from.
    pub(crate) fn of(user: &User, family: &Family, ttl: Duration, keys: &Keys) -> Access {
        let Parties { issuer: iss, audience: aud } = keys.parties();
        let iat = Timestamp::now();
        let exp = (iat + ttl).min(family.ends_at);
        Access {
            iss,
            aud,
            sub: user.id.to_string(),
            exp: exp.as_second(),
            iat: iat.as_second(),
            nbf: iat.as_second(),
            jti: format!("{}-{}", family.sid, family.given),
            sid: family.sid.clone(),
            username: user.username.clone(),
            roles: user.roles.clone(),
        }
    }

    /// The how-manieth token of its login this is; one without a number is none that can be told apart.
    pub(crate) fn number(&self) -> Result<i64, NotOurs> {
        let number = self.jti.strip_prefix(&*self.sid).and_then(|rest| rest.strip_prefix('-'));
        number.and_then(|number| number.parse().ok()).ok_or(NotOurs)
    }

    pub(crate) fn expires_in(&self) -> Duration {
        Duration::from_secs(self.exp.abs_diff(self.iat))
    }

    pub(crate) fn expires_at(&self) -> Timestamp {
        // A signed date is one of ours, and those are in range.
        Timestamp::from_second(self.exp).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn caller(self) -> Result<Caller, NotOurs> {
        self.number()?; // Else what could not be denied would be believed where nothing is denied.
        let expires_at = self.expires_at();
        let id = self.sub.parse().map_err(|_| NotOurs)?;
        let user = User { id, username: self.username, roles: self.roles };
        Ok(Caller { user, login: self.sid, expires_at })
    }
}

/// Whose draft this is, and since when. No denylist is asked about it: it logs nobody in, and who brings it needs a token.
#[derive(Serialize, Deserialize)]
pub(crate) struct Sealed {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    draft: Draft,
}

impl Statement for Sealed {
    const KIND: Kind = Kind::Draft;

    fn terms(&self) -> Terms<'_> {
        Terms { issuer: &self.iss, audience: &self.aud, issued: self.iat, not_before: self.iat, expires: self.exp }
    }
}

impl Sealed {
    pub(crate) fn of(caller: &Caller, draft: &Draft, keys: &Keys) -> Sealed {
        let Parties { issuer: iss, audience: aud } = keys.parties();
        let iat = Timestamp::now();
        let (exp, iat) = ((iat + SEAL).as_second(), iat.as_second());
        Sealed { iss, aud, sub: caller.user.id.to_string(), exp, iat, draft: draft.clone() }
    }

    /// A draft that somebody else was given is nobody's.
    pub(crate) fn opened_by(self, caller: &Caller) -> Result<Draft, NotOurs> {
        if self.sub == caller.user.id.to_string() { Ok(self.draft) } else { Err(NotOurs) }
    }
}
