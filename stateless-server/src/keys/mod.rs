//! Signing keys: which key signs, and what is believed because of it?
//!
//! The neighbour has no such file: its cookie holds nothing but the name of a session, and actix-session encrypts that.

pub(crate) mod files;
mod jwks;
pub(crate) mod seen;
pub(crate) mod terms;
#[cfg(test)]
mod tests;
mod verifying;

use std::sync::Arc;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header, crypto};
use server::error::Refused;

use files::{Algorithm, Key};
use seen::Seen;
use terms::{Kind, NotOurs, Parties, Statement};

/// Longer than all that we sign: whoever sends more shall not make us compute.
const TOKEN_BYTES: usize = 8 * 1024;

/// Signs what the client carries, and believes what this or another replica signed.
#[derive(Clone)]
pub(crate) struct Keys {
    parties: Parties,
    algorithm: Algorithm,
    signing: Arc<EncodingKey>,
    /// The first of them is the one that signs.
    believed: Arc<[Believed]>,
    seen: Seen,
}

struct Believed {
    key: Key,
    /// The first part of every token of each [`Kind`], as it is sent.
    heads: [String; Kind::ALL.len()],
}

impl Keys {
    /// # Errors
    /// There is no key, or the first one cannot sign.
    pub(crate) fn of(keys: Vec<Key>, algorithm: Algorithm, parties: Parties, seen: Seen) -> Result<Keys> {
        let signing = keys.first().and_then(|key| key.signing.clone()).context("the first key cannot sign")?;
        let believed = keys.into_iter().map(|key| Ok(Believed { heads: heads(&key.kid, algorithm)?, key }));
        let believed = believed.collect::<Result<_>>()?;
        Ok(Keys { parties, algorithm, signing: Arc::new(signing), believed, seen })
    }

    pub(crate) fn parties(&self) -> Parties {
        self.parties.clone()
    }

    pub(crate) fn public(&self) -> serde_json::Value {
        jwks::published(self.believed.iter().map(|believed| &believed.key))
    }

    /// A JWS in its compact form (RFC 7515, section 7.1).
    pub(crate) fn sign<S: Statement>(&self, statement: &S) -> Result<String, Refused> {
        let claims = serde_json::to_vec(statement).map_err(Refused::internal)?;
        let signed = format!("{}.{}", self.believed[0].heads[S::KIND as usize], URL_SAFE_NO_PAD.encode(claims));
        let signature = crypto::sign(signed.as_bytes(), &self.signing, self.algorithm.jws());
        Ok(format!("{signed}.{}", signature.map_err(Refused::internal)?))
    }

    /// # Errors
    /// [`NotOurs`] unless kind, key, signature, every claim and the dates are right.
    pub(crate) fn verify<S: Statement>(&self, token: &str) -> Result<S, NotOurs> {
        let statement: S = self.recognise(token)?;
        if statement.terms().hold_at(Timestamp::now()) { Ok(statement) } else { Err(NotOurs) }
    }

    /// Like [`Keys::verify`], whatever the dates: a logout that comes late still means its login.
    pub(crate) fn recognise<S: Statement>(&self, token: &str) -> Result<S, NotOurs> {
        if token.len() > TOKEN_BYTES {
            return Err(NotOurs);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NotOurs)?;
        let (head, claims) = signed.split_once('.').ok_or(NotOurs)?;
        // Byte for byte a head that we write, and with it a key: a client's `alg`, `kid`, `jku`, `jwk` or `crit` is never
        // read, so it talks us into nothing (RFC 8725, sections 3.1 and 3.10; OWASP ASVS 5.0, 9.1.3).
        let believed = self.believed.iter().find(|believed| believed.heads[S::KIND as usize] == head).ok_or(NotOurs)?;
        if !self.seen.knows(token) {
            if !believed.key.verifying.is_good(signature, signed) {
                return Err(NotOurs);
            }
            self.seen.remember(token);
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| NotOurs)?;
        let claims = std::str::from_utf8(&claims).map_err(|_| NotOurs)?; // Once, and not again for every string in it.
        let statement: S = serde_json::from_str(claims).map_err(|_| NotOurs)?;
        if statement.terms().are_between(&self.parties) { Ok(statement) } else { Err(NotOurs) }
    }
}

fn heads(kid: &str, algorithm: Algorithm) -> Result<[String; Kind::ALL.len()]> {
    let mut heads = <[String; Kind::ALL.len()]>::default();
    for kind in Kind::ALL {
        let header = Header { typ: Some(kind.name().into()), kid: Some(kid.into()), ..Header::new(algorithm.jws()) };
        heads[kind as usize] = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    }
    Ok(heads)
}
