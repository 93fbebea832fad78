//! Signature verification: is this a signature of a key that is believed?
//!
//! What can be computed of the key alone, is, once and at the start; jsonwebtoken would do it for every token.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The half of a key that checks.
#[derive(Clone)]
pub(crate) enum Verifying {
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl Verifying {
    /// For a secret it takes the same time whatever is wrong.
    pub(super) fn is_good(&self, signature: &str, signed: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        match self {
            Verifying::Secret(key) => hmac::verify(key, signed.as_bytes(), &signature).is_ok(),
            Verifying::Public(key) => key.verify_sig(signed.as_bytes(), &signature).is_ok(),
        }
    }
}
