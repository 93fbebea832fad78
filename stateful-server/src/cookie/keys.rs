//! Cookie keys: with which is a cookie encrypted and decrypted?
//!
//! The first encrypts, all decrypt. To change the key, put the new one first and keep the old one behind it for as long as a
//! session lives; then take the old one away.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieJar, Key};
use anyhow::{Context, Result, ensure};
use server::settings::Invalid;

/// Half of them sign a cookie, half encrypt it.
const KEY_BYTES: usize = 64;

/// At least one.
#[derive(Clone)]
pub(super) struct Keys(Arc<[Key]>);

impl Keys {
    pub(super) fn read(files: &[PathBuf]) -> Result<Keys> {
        let mut keys = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let key = read(file)?;
            let twice = || Invalid(format!("--cookie-key {} begins with the same bytes as another", file.display()));
            ensure!(!keys.contains(&key), twice());
            ensure!(at < MOST, Invalid(format!("--cookie-key takes {MOST} files at most")));
            keys.push(key);
        }
        ensure!(!keys.is_empty(), Invalid("--cookie-key needs a file".into()));
        Ok(Keys(keys.into()))
    }

    pub(super) fn generate() -> Keys {
        Keys([Key::generate()].into())
    }

    #[cfg(test)]
    pub(super) fn of(keys: impl Iterator<Item = Key>) -> Keys {
        Keys(keys.collect())
    }

    pub(super) fn first(&self) -> &Key {
        &self.0[0]
    }

    /// What an older key has encrypted, encrypted with the first instead. With one key there is nothing to try.
    pub(super) fn reencrypted(&self, name: &str, value: &str) -> Option<Cookie<'static>> {
        let (first, older) = self.0.split_first().filter(|(_, older)| !older.is_empty())?;
        let cookie = Cookie::parse_encoded(format!("{name}={value}")).ok()?;
        if decrypted(first, cookie.clone()).is_some() {
            return None;
        }
        let value = older.iter().find_map(|key| decrypted(key, cookie.clone()))?;
        let mut jar = CookieJar::new();
        jar.private_mut(first).add(Cookie::new(cookie.name().to_owned(), value));
        jar.get(cookie.name()).cloned()
    }
}

/// Each is tried on a cookie that none has encrypted.
const MOST: usize = 8;

pub(super) fn decrypted(key: &Key, cookie: Cookie<'static>) -> Option<String> {
    CookieJar::new().private(key).decrypt(cookie).map(|cookie| cookie.value().to_owned())
}

fn read(file: &Path) -> Result<Key> {
    let bytes =
        std::fs::read(file).with_context(|| Invalid(format!("--cookie-key {} cannot be read", file.display())))?;
    let (file, found) = (file.display(), bytes.len());
    let too_short = Invalid(format!("--cookie-key {file} holds {found} bytes: it takes {KEY_BYTES} or more"));
    ensure!(found >= KEY_BYTES, too_short);
    // The first bytes of a PEM are the same in all of them: whoever has one would have the key.
    let is_pem = bytes.trim_ascii_start().starts_with(b"-----BEGIN");
    ensure!(
        !is_pem,
        Invalid(format!("--cookie-key {file} is a PEM: it takes random bytes, `openssl rand -out FILE 64`"))
    );
    Ok(Key::from(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn bad_files_are_a_sentence_that_names_the_setting() {
        let folder = tempfile::tempdir().unwrap();
        let good = file(&folder, "good", &[1; 64]);
        let same = file(&folder, "same", &[1; 70]);
        let short = file(&folder, "short", &[2; 63]);
        let pem = file(&folder, "pem", &[b"-----BEGIN PRIVATE KEY-----\n", &[65; 64][..]].concat());
        let many: Vec<_> = (0..9).map(|at| file(&folder, &at.to_string(), &[at + 10; 64])).collect();
        let none = folder.path().join("none");
        for files in
            [vec![], vec![short], vec![pem], vec![none], vec![folder.path().into()], vec![good.clone(), same], many]
        {
            let error = Keys::read(&files).err().unwrap();
            assert!(error.is::<Invalid>() && error.to_string().starts_with("--cookie-key "), "{error}");
        }
        assert!(Keys::read(&[good, file(&folder, "other", &[3; 64])]).is_ok());
    }
}
