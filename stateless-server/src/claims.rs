//! Token claims: what do our signatures vouch for?
//!
//! The neighbour has no such file: it vouches for nothing, since the client carries nothing.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use server::backend::Caller;
use shared::api::account::{Role, User};
use shared::checkout::Draft;

use crate::families::Family;
use crate::keys::Keys;
use crate::keys::terms::{Kind, NotOurs, Parties, Statement, Terms};

/// How long a signed draft is taken back: longer than people leave a checkout open.
const DRAFT_TTL: Duration = Duration::from_secs(12 * 60 * 60);

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
pub(crate) struct SignedDraft {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    draft: Draft,
}

impl Statement for SignedDraft {
    const KIND: Kind = Kind::Draft;

    fn terms(&self) -> Terms<'_> {
        Terms { issuer: &self.iss, audience: &self.aud, issued: self.iat, not_before: self.iat, expires: self.exp }
    }
}

impl SignedDraft {
    pub(crate) fn of(caller: &Caller, draft: &Draft, keys: &Keys) -> SignedDraft {
        let Parties { issuer: iss, audience: aud } = keys.parties();
        let iat = Timestamp::now();
        let (exp, iat) = ((iat + DRAFT_TTL).as_second(), iat.as_second());
        SignedDraft { iss, aud, sub: caller.user.id.to_string(), exp, iat, draft: draft.clone() }
    }

    /// A draft that somebody else was given is nobody's.
    pub(crate) fn draft_of(self, caller: &Caller) -> Result<Draft, NotOurs> {
        if self.sub == caller.user.id.to_string() { Ok(self.draft) } else { Err(NotOurs) }
    }
}

#[cfg(test)]
mod tests {
    use serde::ser::SerializeMap;
    use serde::{Deserializer, Serializer};
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::files::{Algorithm, Key};
    use crate::keys::seen::Seen;

    /// Any claims, as somebody could sign them who had our key: some twice, some of another type.
    struct Any(Vec<(String, Value)>);

    impl Serialize for Any {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for (name, value) in &self.0 {
                map.serialize_entry(name, value)?;
            }
            map.end()
        }
    }

    impl<'de> Deserialize<'de> for Any {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Any, D::Error> {
            unreachable!("it is signed only")
        }
    }

    impl Statement for Any {
        const KIND: Kind = Kind::AccessToken;

        fn terms(&self) -> Terms<'_> {
            unreachable!("it is signed only")
        }
    }

    fn keys() -> Keys {
        let parties = Parties { issuer: "us".into(), audience: "them".into() };
        Keys::of(vec![Key::generate(Algorithm::Hs256).unwrap()], Algorithm::Hs256, parties, Seen::at_most(0)).unwrap()
    }

    fn john() -> User {
        User { id: 123, username: "john".into(), roles: vec![Role::User, Role::Admin] }
    }

    fn family(seconds_left: i64) -> Family {
        let ends_at = Timestamp::from_second(Timestamp::now().as_second() + seconds_left).unwrap();
        Family { sid: "5e1f".into(), refresh_token: String::new(), given: 7, ends_at }
    }

    fn good(keys: &Keys) -> Vec<(String, Value)> {
        let access = Access::of(&john(), &family(3600), Duration::from_secs(900), keys);
        let Value::Object(claims) = serde_json::to_value(access).unwrap() else { panic!("claims are an object") };
        claims.into_iter().collect()
    }

    #[test]
    fn every_claim_is_there_once_and_of_its_type() {
        let keys = keys();
        let check = |claims: &[(String, Value)], believed: bool| {
            let token = keys.sign(&Any(claims.to_vec())).unwrap();
            assert_eq!(keys.verify::<Access>(&token).is_ok(), believed, "{claims:?}");
        };
        let good = good(&keys);
        assert_eq!(good.len(), 10);
        check(&good, true);
        for (at, (name, value)) in good.iter().enumerate() {
            let mut changed = good.clone();
            changed.remove(at);
            check(&changed, false);
            check(&[&*good, &[(name.clone(), value.clone())]].concat(), false);
            for other in [json!(null), json!(true), json!(1.5), json!([1]), json!({}), json!(u64::MAX)] {
                changed = good.clone();
                changed[at].1 = other;
                check(&changed, false);
            }
            let as_text = json!(value.to_string());
            changed = good.clone();
            changed[at].1 = if value.is_string() { json!([value]) } else { as_text };
            check(&changed, false);
        }
        check(&[&*good, &[("from_a_newer_replica".into(), json!({}))]].concat(), true);
    }

    #[test]
    fn a_token_says_whose_how_manieth_and_of_which_login_it_is() {
        let keys = keys();
        let token = keys.sign(&Access::of(&john(), &family(3600), Duration::from_secs(900), &keys)).unwrap();
        let access: Access = keys.verify(&token).unwrap();
        assert_eq!((access.number().unwrap(), access.jti.as_str(), access.expires_in().as_secs()), (7, "5e1f-7", 900));
        let caller = access.caller().unwrap();
        assert_eq!((caller.user, caller.login.as_str()), (john(), "5e1f"));
    }

    #[test]
    fn a_token_does_not_outlive_its_login() {
        let access = Access::of(&john(), &family(60), Duration::from_secs(900), &keys());
        assert!((59..=60).contains(&access.expires_in().as_secs()), "{:?}", access.expires_in());
    }

    #[test]
    fn a_token_without_a_number_cannot_be_told_apart() {
        let keys = keys();
        for jti in ["", "5e1f", "5e1f-", "5e1f-x", "5e1f-99999999999999999999", "7", "-7", "other-7"] {
            let mut claims = good(&keys);
            claims.iter_mut().find(|(name, _)| name == "jti").unwrap().1 = json!(jti);
            let access: Access = keys.verify(&keys.sign(&Any(claims)).unwrap()).unwrap();
            assert!(access.number().is_err(), "{jti}");
        }
    }

    #[test]
    fn a_draft_is_taken_back_from_whom_it_was_signed_for() {
        let keys = keys();
        let draft = Draft { id: "d".into(), items: Vec::new(), address: None, payment: None };
        let caller = |id| Caller { user: User { id, ..john() }, login: String::new(), expires_at: Timestamp::MAX };
        let signed = keys.sign(&SignedDraft::of(&caller(1), &draft, &keys)).unwrap();
        let opened = |id| keys.verify::<SignedDraft>(&signed).and_then(|signed| signed.draft_of(&caller(id)));
        assert!(opened(1).is_ok_and(|opened| opened == draft));
        assert!(opened(11).is_err() && keys.verify::<Access>(&signed).is_err());
    }
}
