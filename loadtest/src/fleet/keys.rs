//! With what does a fleet sign?

use anyhow::{Context, anyhow};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use aws_lc_rs::{pkcs8, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use report::recording::Mode;

/// As many as the longest of all keys needs, that of the cookie.
const KEY_BYTES: usize = 64;
/// Characters of Base64 in a line (RFC 7468, section 2).
const LINE: usize = 64;

/// A key that nobody had before, as the servers of this mode read it from a file.
///
/// # Errors
/// The system gives no random bytes.
pub fn fresh(mode: Mode) -> anyhow::Result<Vec<u8>> {
    let unlucky = |_| anyhow!("the system gives no random bytes");
    let random = rand::SystemRandom::new();
    match mode {
        Mode::JwtEs256 | Mode::JwtEs256Cached => {
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(unlucky)?;
            Ok(pem(&key))
        }
        Mode::JwtEddsa => Ok(pem(&Ed25519KeyPair::generate_pkcs8(&random).map_err(unlucky)?)),
        _ => {
            let mut key = vec![0; KEY_BYTES];
            rand::fill(&mut key).ok().context("the system gives no random bytes")?;
            Ok(key)
        }
    }
}

fn pem(key: &pkcs8::Document) -> Vec<u8> {
    let text = STANDARD.encode(key.as_ref());
    let lines: Vec<_> = text.as_bytes().chunks(LINE).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")).into_bytes()
}
