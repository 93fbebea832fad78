//! Key files: how does a signing key get in?
//!
//! From a file, once, at the start: what is wrong with it is a sentence then, and no riddle about tokens later.

use std::path::PathBuf;
use std::str::FromStr;
use std::{fmt, fs};

use anyhow::{Context, Result, ensure};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    ParsedPublicKey, VerificationAlgorithm,
};
use clap::ValueEnum;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{DecodingKey, EncodingKey};
use server::settings::Invalid;

use super::verifying::Verifying;

/// How every key of this server signs (RFC 7518, sections 3.2 and 3.4; RFC 8037, section 3.1): one that takes secrets and
/// public keys side by side can be led to take one for the other (RFC 8725, section 2.1; OWASP ASVS 5.0, 9.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    Hs256,
    Es256,
    Eddsa,
}

/// `--key KID=FILE`, not yet read.
#[derive(Debug, Clone)]
pub(crate) struct KeyFile {
    pub(crate) kid: String,
    path: PathBuf,
}

/// A key, by its name in the header of a token (RFC 7515, section 4.1.4).
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) kid: String,
    /// Missing where a file holds the public half alone: such a key is believed, and cannot sign.
    pub(crate) signing: Option<EncodingKey>,
    pub(crate) verifying: Verifying,
    /// What everybody may see; of a secret, nothing.
    pub(crate) public: Option<Jwk>,
}

/// RFC 7518, section 3.2: a key of at least the size of the hash.
const SECRET_BYTES: usize = 32;

impl Algorithm {
    pub(crate) fn jws(self) -> jsonwebtoken::Algorithm {
        match self {
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Eddsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }

    /// A command that makes a key.
    fn recipe(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "openssl rand -out FILE 32",
            Algorithm::Es256 => "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE",
            Algorithm::Eddsa => "openssl genpkey -algorithm ed25519 -out FILE",
        }
    }
}

/// As on the command line.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Algorithm::Hs256 => "hs256",
            Algorithm::Es256 => "es256",
            Algorithm::Eddsa => "eddsa",
        })
    }
}

impl FromStr for KeyFile {
    type Err = &'static str;

    /// The name goes into headers, logs and JSON: it holds nothing that would have to be escaped there.
    fn from_str(text: &str) -> Result<KeyFile, &'static str> {
        let (kid, path) = text.split_once('=').ok_or("not KID=FILE")?;
        let fits = kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !fits || !(1..=64).contains(&kid.len()) {
            return Err("a KID is 1 to 64 letters, digits, `-`, `_` or `.`");
        }
        Ok(KeyFile { kid: kid.into(), path: path.into() })
    }
}

/// The keys in the order of the files. The first can sign.
///
/// # Errors
/// A sentence that names `--key`, the file and what to do, without a byte of what is in it.
pub(crate) fn read(files: &[KeyFile], algorithm: Algorithm) -> Result<Vec<Key>> {
    let mut keys: Vec<Key> = Vec::new();
    for KeyFile { kid, path } in files {
        let given = format!("--key {kid}={}", path.display());
        let is_new = keys.iter().all(|key| key.kid != *kid);
        ensure!(is_new, Invalid(format!("{given} comes second: no two keys have the same KID")));
        let bytes = fs::read(path).with_context(|| Invalid(format!("{given} cannot be read")))?;
        let key = Key::parse(kid.clone(), &bytes, algorithm).map_err(|why| Invalid(format!("{given} {why}")))?;
        let can_sign = key.signing.is_some() || !keys.is_empty();
        ensure!(
            can_sign,
            Invalid(format!("{given} is a public key: the first --key signs, and takes the private one"))
        );
        keys.push(key);
    }
    Ok(keys)
}

impl Key {
    fn parse(kid: String, bytes: &[u8], algorithm: Algorithm) -> Result<Key, String> {
        let key = match algorithm {
            // Everybody may know a public key: used as a secret, it would let everybody sign.
            Algorithm::Hs256 if bytes.trim_ascii_start().starts_with(b"-----BEGIN") => {
                return Err(format!("is a PEM: hs256 takes random bytes, as of `{}`", algorithm.recipe()));
            }
            Algorithm::Hs256 if bytes.len() < SECRET_BYTES => {
                let (found, recipe) = (bytes.len(), algorithm.recipe());
                return Err(format!("holds {found} bytes: hs256 takes {SECRET_BYTES} or more, as of `{recipe}`"));
            }
            Algorithm::Hs256 => return Ok(Key::secret(kid, bytes)),
            Algorithm::Es256 => match EncodingKey::from_ec_pem(bytes) {
                Ok(private) => Key::private(kid, private, algorithm),
                Err(_) => DecodingKey::from_ec_pem(bytes).ok().and_then(|public| Key::public(kid, public, algorithm)),
            },
            Algorithm::Eddsa => match EncodingKey::from_ed_pem(bytes) {
                Ok(private) => Key::private(kid, private, algorithm),
                Err(_) => DecodingKey::from_ed_pem(bytes).ok().and_then(|public| Key::public(kid, public, algorithm)),
            },
        };
        key.ok_or_else(|| {
            format!("holds no key for {algorithm}: it takes PKCS#8 in PEM, as of `{}`", algorithm.recipe())
        })
    }

    /// A new one. It is named by its thumbprint, but for a secret: of that, even a hash says too much (RFC 7638, section 7).
    pub(crate) fn generate(algorithm: Algorithm) -> Result<Key> {
        const NO_KEY: &str = "the system makes no key";
        let private = match algorithm {
            Algorithm::Hs256 => {
                let mut bytes = [0; SECRET_BYTES];
                rand::fill(&mut bytes).context(NO_KEY)?;
                return Ok(Key::secret(format!("{:016x}", fastrand::u64(..)), &bytes));
            }
            Algorithm::Es256 => {
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
                EncodingKey::from_ec_der(pkcs8.context(NO_KEY)?.as_ref())
            }
            Algorithm::Eddsa => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
                EncodingKey::from_ed_der(pkcs8.context(NO_KEY)?.as_ref())
            }
        };
        let key = Key::private(String::new(), private, algorithm).context(NO_KEY)?;
        let kid = key.public.as_ref().context(NO_KEY)?.thumbprint(ThumbprintHash::SHA256)?;
        Ok(Key { kid, ..key })
    }

    fn secret(kid: String, bytes: &[u8]) -> Key {
        let verifying = Verifying::Secret(hmac::Key::new(HMAC_SHA256, bytes).into());
        Key { kid, signing: Some(EncodingKey::from_secret(bytes)), verifying, public: None }
    }

    fn private(kid: String, signing: EncodingKey, algorithm: Algorithm) -> Option<Key> {
        let pkcs8 = signing.as_bytes();
        let public = match algorithm {
            Algorithm::Hs256 => return None,
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?;
                DecodingKey::from_ec_der(pair.public_key().as_ref())
            }
            Algorithm::Eddsa => {
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
                DecodingKey::from_ed_der(pair.public_key().as_ref())
            }
        };
        Some(Key { signing: Some(signing), ..Key::public(kid, public, algorithm)? })
    }

    /// Only a point of the right curve is a key (RFC 8725, section 3.4): P-256 is not the only curve with points of its size.
    fn public(kid: String, public: DecodingKey, algorithm: Algorithm) -> Option<Key> {
        let scheme: &'static dyn VerificationAlgorithm = match algorithm {
            Algorithm::Hs256 => return None,
            Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::Eddsa => &ED25519,
        };
        let parsed = ParsedPublicKey::new(scheme, public.try_get_as_bytes().ok()?).ok()?;
        let shown = Jwk::from_decoding_key(&public, Some(algorithm.jws())).ok()?;
        Some(Key { kid, signing: None, verifying: Verifying::Public(parsed), public: Some(shown) })
    }
}
