//! Keys: with what does a server sign or encrypt?

use anyhow::{Result, anyhow};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use aws_lc_rs::{pkcs8, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::modes::entry::Key;

/// What a secret is made of: written in hexadecimal digits it is as long as the longest, that of the cookie, must be.
const SECRET_BYTES: usize = 32;
/// Characters of Base64 in a line (RFC 7468, section 2).
const LINE: usize = 64;

/// A key that nobody had before, as a server reads it from a file.
///
/// # Errors
/// The system gives no random bytes.
pub fn fresh(key: Key) -> Result<String> {
    let unlucky = |_| anyhow!("the system gives no random bytes");
    let random = rand::SystemRandom::new();
    match key {
        Key::None => Ok(String::new()),
        Key::Hs256 | Key::Cookie => {
            let mut bytes = [0; SECRET_BYTES];
            rand::fill(&mut bytes).map_err(unlucky)?;
            Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        Key::Es256 => {
            let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
            Ok(pem(&pair.map_err(unlucky)?))
        }
        Key::Eddsa => Ok(pem(&Ed25519KeyPair::generate_pkcs8(&random).map_err(unlucky)?)),
    }
}

fn pem(key: &pkcs8::Document) -> String {
    let text = STANDARD.encode(key.as_ref());
    let lines: Vec<_> = text.as_bytes().chunks(LINE).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
