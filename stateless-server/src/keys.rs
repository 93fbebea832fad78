//! Which key signs, and what is believed because of it?
//!
//! The neighbour has no such file: its cookie holds nothing but the name of a session, and actix-session seals that.

use std::path::Path;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use anyhow::{Context, Result, ensure};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::server::error::Refused;
use shared::server::settings::Invalid;

/// RFC 7518, section 3.2: a key of at least the size of the hash.
const KEY_BYTES: usize = 32;
/// How far two replicas' clocks may differ, in seconds.
const LEEWAY_SECONDS: i64 = 2;

/// What a signature is for: explicit types keep one from passing as the other (RFC 8725, section 3.11).
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// RFC 9068, section 2.1.
    AccessToken,
    Draft,
}

/// Signs what the client carries, and believes what this or another replica signed.
#[derive(Clone)]
pub(crate) struct Keys {
    parties: Parties,
    /// The first part of every token of each [`Kind`], as it is sent.
    heads: [String; 2],
    signing: Arc<EncodingKey>,
    verifying: Arc<DecodingKey>,
}

/// Who signs, and for whom: the claims `iss` and `aud` of all that is signed here.
#[derive(Debug, Clone)]
pub(crate) struct Parties {
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// What every signed statement says of itself (RFC 7519, section 4.1).
pub(crate) struct Terms<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) expires: i64,
}

pub(crate) trait Statement: Serialize + DeserializeOwned {
    const KIND: Kind;
    fn terms(&self) -> Terms<'_>;
}

/// Why something a client brought is not believed: one answer for all causes, so that nobody can feel their way in.
#[derive(Debug)]
pub(crate) struct NotOurs;

impl Keys {
    pub(crate) fn read(file: &Path, parties: Parties) -> Result<Keys> {
        let bytes = std::fs::read(file).with_context(|| Invalid(format!("--key {} cannot be read", file.display())))?;
        let (file, found) = (file.display(), bytes.len());
        let too_short = Invalid(format!("--key {file} holds {found} bytes: it takes {KEY_BYTES} or more"));
        ensure!(found >= KEY_BYTES, too_short);
        Keys::from_bytes(&bytes, parties)
    }

    pub(crate) fn generate(parties: Parties) -> Result<Keys> {
        let mut bytes = [0; KEY_BYTES];
        rand::fill(&mut bytes).context("the system gives no random bytes")?;
        Keys::from_bytes(&bytes, parties)
    }

    fn from_bytes(bytes: &[u8], parties: Parties) -> Result<Keys> {
        let signing = EncodingKey::from_secret(bytes);
        let heads = [head(Kind::AccessToken, &signing)?, head(Kind::Draft, &signing)?];
        Ok(Keys { parties, heads, signing: Arc::new(signing), verifying: Arc::new(DecodingKey::from_secret(bytes)) })
    }

    pub(crate) fn parties(&self) -> Parties {
        self.parties.clone()
    }

    pub(crate) fn sign<S: Statement>(&self, statement: &S) -> Result<String, Refused> {
        encode(&header(S::KIND), statement, &self.signing).map_err(Refused::internal)
    }

    /// # Errors
    /// [`NotOurs`] unless type, algorithm, signature, every claim and the dates are right.
    pub(crate) fn verify<S: Statement>(&self, token: &str) -> Result<S, NotOurs> {
        let statement: S = self.recognise(token)?;
        if is_current(&statement.terms()) { Ok(statement) } else { Err(NotOurs) }
    }

    /// Like [`Keys::verify`], whatever the dates: a logout that comes late still means its login.
    pub(crate) fn recognise<S: Statement>(&self, token: &str) -> Result<S, NotOurs> {
        let (signed, signature) = token.rsplit_once('.').ok_or(NotOurs)?;
        let (head, payload) = signed.split_once('.').ok_or(NotOurs)?;
        // Byte for byte the head that we write: nobody talks us into another algorithm (RFC 8725, section 3.1).
        if head != self.heads[S::KIND as usize] {
            return Err(NotOurs);
        }
        let verified = crypto::verify(signature, signed.as_bytes(), &self.verifying, Algorithm::HS256);
        if !verified.unwrap_or(false) {
            return Err(NotOurs);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| NotOurs)?;
        let statement: S = serde_json::from_slice(&payload).map_err(|_| NotOurs)?;
        let Terms { issuer, audience, .. } = statement.terms();
        let ours = issuer == self.parties.issuer && audience == self.parties.audience;
        if ours { Ok(statement) } else { Err(NotOurs) }
    }
}

fn is_current(terms: &Terms) -> bool {
    let now = Timestamp::now().as_second();
    terms.not_before <= now + LEEWAY_SECONDS && now < terms.expires + LEEWAY_SECONDS
}

fn header(kind: Kind) -> Header {
    let typ = match kind {
        Kind::AccessToken => "at+jwt",
        Kind::Draft => "draft+jwt",
    };
    Header { typ: Some(typ.into()), ..Header::new(Algorithm::HS256) }
}

fn head(kind: Kind, key: &EncodingKey) -> Result<String> {
    let token = encode(&header(kind), &(), key)?;
    Ok(token.split('.').next().unwrap_or_default().to_owned())
}

/// The token of the `Authorization` field (RFC 6750, section 2.1); the scheme's name may be in any case (RFC 9110, section 11.1).
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let field = request.headers().get(header::AUTHORIZATION)?;
    let (scheme, token) = std::str::from_utf8(field.as_bytes()).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Note {
        iss: String,
        exp: i64,
    }

    impl Statement for Note {
        const KIND: Kind = Kind::AccessToken;

        fn terms(&self) -> Terms<'_> {
            Terms { issuer: &self.iss, audience: "us", not_before: 0, expires: self.exp }
        }
    }

    #[test]
    fn what_is_past_is_recognised_and_not_believed() {
        let keys = Keys::generate(Parties { issuer: "us".into(), audience: "us".into() }).expect("keys");
        let check = |iss: &str, seconds: i64, recognised: bool, believed: bool| {
            let note = Note { iss: iss.into(), exp: Timestamp::now().as_second() + seconds };
            let token = keys.sign(&note).expect("a token");
            let seen = (keys.recognise::<Note>(&token).is_ok(), keys.verify::<Note>(&token).is_ok());
            assert_eq!(seen, (recognised, believed), "{iss} {seconds}");
        };
        check("us", 60, true, true);
        check("us", -60, true, false);
        check("them", 60, false, false);
    }
}
