//! Forged tokens: how is one made that is signed with the right key, and wrong all the same?

use anyhow::{Context, Result, anyhow, bail};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use aws_lc_rs::{hmac, signature};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
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
    pub fn sign(&self, head: &str, payload: &str) -> String {
        let signed = format!("{}.{}", encode(head), encode(payload));
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
pub(super) fn hs256(key: &[u8], head: &str, payload: &str) -> String {
    let signed = format!("{}.{}", encode(head), encode(payload));
    format!("{signed}.{}", mac(key, &signed))
}

/// A genuine token, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// As it was signed: the order of the names is part of it.
    pub(super) head_text: String,
    pub(super) head: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    pub(super) signature: String,
}

impl Parts {
    pub(super) fn of(token: &str) -> Result<Parts> {
        let parts: Vec<&str> = token.split('.').collect();
        let [head, claims, signature] = parts[..] else { return Err(anyhow!("{token} has not three parts")) };
        let head_text = String::from_utf8(URL_SAFE_NO_PAD.decode(head)?)?;
        Ok(Parts { head_text, head: object(head)?, claims: object(claims)?, signature: signature.into() })
    }

    pub(super) fn claims(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    /// A number among the claims.
    pub(super) fn number(&self, claim: &str) -> i64 {
        self.claims.get(claim).and_then(Value::as_i64).unwrap_or_default()
    }
}

fn object(part: &str) -> Result<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).context("a part is not base64url")?;
    serde_json::from_slice(&bytes).context("a part is not a JSON object")
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mac(key: &[u8], signed: &str) -> String {
    encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes()))
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
