//! JSON Web Key Set: what may everybody see of our keys?
//!
//! Their public halves: whoever has them can check a token, and ask us nothing. A secret has no such half, and of hs256
//! nothing is shown.

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use serde_json::Value;

use super::files::Key;

/// A JWK Set (RFC 7517, section 5): all that are believed, so that nobody has to fetch it at the moment when another one
/// begins to sign.
pub(crate) fn published<'a>(keys: impl Iterator<Item = &'a Key>) -> Value {
    let keys = keys.filter_map(named).collect();
    serde_json::to_value(JwkSet { keys }).expect("strings and lists are JSON")
}

fn named(key: &Key) -> Option<Jwk> {
    let mut shown = key.public.clone()?;
    shown.common.key_id = Some(key.kid.clone());
    shown.common.public_key_use = Some(PublicKeyUse::Signature);
    Some(shown)
}
