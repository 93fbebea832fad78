//! Which key signs, and what may it vouch for?
//!
//! The neighbour has no such file: its cookie holds nothing but the name of a session, and actix-session seals that.

use std::path::Path;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use anyhow::{Context, Result, ensure};
use aws_lc_rs::rand;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::server::error::Refused;

use crate::config::Config;

/// RFC 9068, section 2.1: the type of an access token.
pub(crate) const ACCESS_TOKEN: &str = "at+jwt";
/// The type of a sealed draft: explicit types keep one from passing as the other (RFC 8725, section 3.11).
pub(crate) const DRAFT: &str = "draft+jwt";

/// RFC 7518, section 3.2: a key of at least the size of the hash.
const KEY_BYTES: usize = 32;
/// How far two replicas' clocks may differ, in seconds.
const LEEWAY_SECONDS: u64 = 2;
/// Nothing longer is looked at: more than the header limit cannot arrive, and hashing it would cost.
const MAX_BYTES: usize = 16 * 1024;

/// Signs and verifies what the client carries.
#[derive(Clone)]
pub(crate) struct Keys {
    issuer: String,
    audience: String,
    signing: Arc<EncodingKey>,
    verifying: Arc<DecodingKey>,
    validation: Arc<Validation>,
}

/// Why something a client brought is not believed: one answer for all causes, so that nobody can feel their way in.
#[derive(Debug)]
pub(crate) struct NotOurs;

impl Keys {
    pub(crate) fn read(file: &Path, config: &Config) -> Result<Keys> {
        let bytes = std::fs::read(file).with_context(|| format!("--key {} cannot be read", file.display()))?;
        let (file, found) = (file.display(), bytes.len());
        ensure!(found >= KEY_BYTES, "--key {file} holds {found} bytes: it takes {KEY_BYTES} or more");
        Ok(Keys::from_bytes(&bytes, config))
    }

    pub(crate) fn generate(config: &Config) -> Result<Keys> {
        let mut bytes = [0; KEY_BYTES];
        rand::fill(&mut bytes).context("the system gives no random bytes")?;
        Ok(Keys::from_bytes(&bytes, config))
    }

    fn from_bytes(bytes: &[u8], config: &Config) -> Keys {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY_SECONDS;
        Keys {
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            signing: Arc::new(EncodingKey::from_secret(bytes)),
            verifying: Arc::new(DecodingKey::from_secret(bytes)),
            validation: Arc::new(validation),
        }
    }

    /// Who signs, and for whom: the claims `iss` and `aud` of all that is signed here.
    pub(crate) fn parties(&self) -> (String, String) {
        (self.issuer.clone(), self.audience.clone())
    }

    pub(crate) fn sign(&self, kind: &str, claims: &impl Serialize) -> Result<String, Refused> {
        let header = Header { typ: Some(kind.into()), ..Header::new(Algorithm::HS256) };
        encode(&header, claims, &self.signing).map_err(Refused::internal)
    }

    /// # Errors
    /// [`NotOurs`] unless signature, type, issuer, audience and dates are all right.
    pub(crate) fn verify<Claims: DeserializeOwned>(&self, kind: &str, token: &str) -> Result<Claims, NotOurs> {
        if token.len() > MAX_BYTES {
            return Err(NotOurs);
        }
        let token = decode::<Claims>(token, &self.verifying, &self.validation).map_err(|_| NotOurs)?;
        if token.header.typ.as_deref() == Some(kind) { Ok(token.claims) } else { Err(NotOurs) }
    }
}

/// The token of the `Authorization` field (RFC 6750, section 2.1); the scheme's name may be in any case (RFC 9110, section 11.1).
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}
