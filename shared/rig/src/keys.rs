//! Keys: with what does a server sign or encrypt?

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::modes::Mode;
use shared::modes::entry::Key;
use tempfile::TempDir;

/// What a secret is made of: written in hexadecimal digits it is as long as the longest, that of the cookie, must be.
const SECRET_BYTES: usize = 32;
/// Characters of Base64 in a line (RFC 7468, section 2).
const LINE: usize = 64;

/// What a fleet signs with at first: the name of the key, and of its file.
pub const FIRST_KEY: &str = "k1";

/// The keys of a fleet, in a folder that is gone with it.
pub struct KeyRing {
    mode: Mode,
    folder: TempDir,
    names: Vec<String>,
    /// Whoever starts from now on signs with the first of them and believes all.
    believed: Vec<String>,
}

impl KeyRing {
    /// With one key, which signs.
    ///
    /// # Errors
    /// The disk is full, or the system gives no random bytes.
    pub fn of(mode: Mode) -> Result<KeyRing> {
        let folder = crate::folder("fleet-")?;
        let mut ring = KeyRing { mode, folder, names: Vec::new(), believed: vec![FIRST_KEY.into()] };
        ring.make(FIRST_KEY)?;
        Ok(ring)
    }

    /// Makes one more key, which nobody uses so far.
    ///
    /// # Errors
    /// As [`KeyRing::of`].
    pub fn make(&mut self, name: &str) -> Result<()> {
        let file = self.file(name);
        fs::write(&file, fresh(self.mode.entry().key)?).with_context(|| format!("cannot write {}", file.display()))?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// From now on, whoever starts signs with the first of them and believes all, and no others.
    pub fn sign_with(&mut self, names: &[&str]) {
        self.believed = names.iter().map(|name| (*name).to_owned()).collect();
    }

    /// What stands in their files, which is nobody else's business.
    ///
    /// # Errors
    /// One of them is gone.
    pub fn texts(&self) -> Result<Vec<String>> {
        self.names.iter().map(|name| Ok(fs::read_to_string(self.file(name))?)).collect()
    }

    /// What a replica that starts now is told of its mode.
    pub fn arguments(&self, redis: Option<&str>) -> Vec<String> {
        let files: Vec<PathBuf> = self.believed.iter().map(|name| self.file(name)).collect();
        let keys: Vec<(&str, &Path)> =
            self.believed.iter().zip(&files).map(|(name, file)| (&**name, file.as_path())).collect();
        self.mode.arguments(&keys, redis)
    }

    /// A file beside the keys, which is gone with them.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A key that nobody had before, as a server reads it from a file.
///
/// # Errors
/// The system gives no random bytes.
fn fresh(key: Key) -> Result<String> {
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
            Ok(pem("PRIVATE KEY", pair.map_err(unlucky)?.as_ref()))
        }
        Key::Eddsa => Ok(pem("PRIVATE KEY", Ed25519KeyPair::generate_pkcs8(&random).map_err(unlucky)?.as_ref())),
    }
}

/// RFC 7468.
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(LINE).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
