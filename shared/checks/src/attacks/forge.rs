//! Forged tokens: how is one made that is signed with the right key, and wrong all the same?

use std::fmt::{self, Display};

use anyhow::{Context, Result, anyhow, bail};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use aws_lc_rs::{hmac, signature};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rig::keys::pem;
use serde_json::{Map, Value};
use shared::modes::entry::Key;

/// The key of a fleet, which the rig wrote to the file that the servers read.
pub enum Signer {
    Hs256(Vec<u8>),
    Es256(EcdsaKeyPair),
}

impl Signer {
    /// From the file that the servers read; none where they sign nothing.
    ///
    /// # Errors
    /// The forger does not know how such keys sign.
    pub fn read(key: Key, file: &str) -> Result<Option<Signer>> {
        match key {
            Key::None | Key::Cookie => Ok(None),
            Key::Hs256 => Ok(Some(Signer::Hs256(file.as_bytes().to_vec()))),
            Key::Es256 => {
                let base64: String = file.lines().filter(|line| !line.starts_with("-----")).collect();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &STANDARD.decode(base64)?);
                Ok(Some(Signer::Es256(pair.map_err(|rejected| anyhow!("this is no key: {rejected}"))?)))
            }
            Key::Eddsa => bail!("nobody here forges with {key}"),
        }
    }

    /// A token of these parts, which need not be JSON.
    pub fn sign(&self, head: impl Display, payload: impl Display) -> String {
        let signed = signing_input(head, payload);
        let signature = match self {
            Signer::Hs256(key) => mac(key, &signed),
            Signer::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), signed.as_bytes());
                encode(signature.map(|signature: signature::Signature| signature.as_ref().to_vec()).unwrap_or_default())
            }
        };
        format!("{signed}.{signature}")
    }

    /// The forms in which the world may know a public key: what a server confused by HS256 could take for its secret.
    pub fn published(&self) -> Vec<Vec<u8>> {
        let Signer::Es256(pair) = self else { return Vec::new() };
        let Ok(der) = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(pair.public_key()) else {
            return Vec::new();
        };
        let text = pem("PUBLIC KEY", der.as_ref());
        let point = pair.public_key().as_ref().to_vec();
        vec![text.trim_end().into(), text.into_bytes(), der.as_ref().to_vec(), point]
    }
}

/// A token signed with HS256 by a key of one's choice.
pub(super) fn hs256(key: &[u8], head: impl Display, payload: impl Display) -> String {
    let signed = signing_input(head, payload);
    format!("{signed}.{}", mac(key, &signed))
}

/// RFC 7515, section 5.1.
fn signing_input(head: impl Display, payload: impl Display) -> String {
    format!("{}.{}", encode(head.to_string()), encode(payload.to_string()))
}

/// A genuine token, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// As it was signed: the order of the names is part of it.
    pub(super) head_text: String,
    pub(super) head: Fields,
    pub(super) claims: Fields,
    pub(super) signature: String,
}

impl Parts {
    pub(super) fn of(token: &str) -> Result<Parts> {
        let parts: Vec<&str> = token.split('.').collect();
        let [head, claims, signature] = parts[..] else { return Err(anyhow!("{token} has not three parts")) };
        let head_text = String::from_utf8(URL_SAFE_NO_PAD.decode(head)?)?;
        Ok(Parts { head_text, head: Fields::of(head)?, claims: Fields::of(claims)?, signature: signature.into() })
    }
}

/// A head, or claims. Displayed, it is JSON.
#[derive(Debug, Clone)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    fn of(part: &str) -> Result<Fields> {
        let bytes = URL_SAFE_NO_PAD.decode(part).context("a part is not base64url")?;
        serde_json::from_slice(&bytes).map(Fields).context("a part is not a JSON object")
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn number(&self, name: &str) -> i64 {
        self.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    /// The same with another value of this field.
    pub(super) fn with(&self, name: &str, value: impl Into<Value>) -> Fields {
        let mut fields = self.clone();
        fields.0.insert(name.into(), value.into());
        fields
    }

    pub(super) fn without(&self, name: &str) -> Fields {
        let mut fields = self.clone();
        fields.0.remove(name);
        fields
    }
}

impl Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::Object(self.0.clone()))
    }
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mac(key: &[u8], signed: &str) -> String {
    encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes()))
}
