//! Password hashing: is this the password, and can it be found out while others wait?
//!
//! Argon2 is slow on purpose and takes 19 MiB at a time. So it runs beside the threads that answer, on no more threads than
//! there are cores, and past a bounded queue a login is refused: else a flood of them would take the machine's memory.

mod rules;

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

use crate::error::Refused;
use shared::api::problem::Code;

/// At about 20 ms a hash, the last in the queue waits half a second; longer only behind others for the same account.
const QUEUE_PER_CORE: usize = 24;

/// What it costs to try one password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet).
    Full,
    /// As little as Argon2 can do, for passwords that are public anyway.
    Minimal,
}

/// The bounded pool that verifies and hashes passwords.
pub struct Passwords {
    places: Arc<Semaphore>,
    cores: Arc<Semaphore>,
    /// What an unknown user's password is compared with.
    nobody: String,
}

/// A place in the queue, or on a core: one for each password that waits for its turn, for a core, or for its hash.
pub struct Place(#[expect(dead_code, reason = "it is held, not looked at")] OwnedSemaphorePermit);

impl Passwords {
    #[expect(
        clippy::new_without_default,
        reason = "it hashes, which takes a moment, and takes its size from the machine"
    )]
    pub fn new() -> Passwords {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Passwords {
            places: Arc::new(Semaphore::new(cores * (1 + QUEUE_PER_CORE))),
            cores: Arc::new(Semaphore::new(cores)),
            nobody: hash("nobody has this password", Cost::Full)
                .expect("the parameters are valid, and 19 MiB are there"),
        }
    }

    /// # Errors
    /// `Overloaded` when the queue is full.
    pub fn queue(&self) -> Result<Place, Refused> {
        let place = self.places.clone().try_acquire_owned();
        place.map(Place).map_err(|_| Refused::because(Code::Overloaded))
    }

    /// Does the password match the hash (a PHC string)? With no hash it takes as long and never does, so that the time
    /// does not tell which users exist.
    pub async fn matches(&self, place: Place, password: String, hash: Option<String>) -> Result<bool, Refused> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        Ok(self.on_a_core(place, move || verify(&password, &hash)).await? && known)
    }

    /// The hash of a password that somebody chose; `context` are names that everybody knows to try.
    ///
    /// # Errors
    /// `InvalidValues` about the field `new` when it is too easy to guess.
    pub async fn accept(&self, place: Place, new: String, context: [String; 2]) -> Result<String, Refused> {
        let accept = move || {
            rules::check(&new, &context.each_ref().map(String::as_str))?;
            hash(&new, Cost::Full)
        };
        self.on_a_core(place, accept).await
    }

    async fn on_a_core<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let core = self.cores.clone().acquire_owned().await.map_err(Refused::internal)?;
        let work = move || {
            let done = work();
            drop((core, place)); // Here and not where a client that gave up would leave them while the core still works.
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(Refused::internal)?
    }
}

/// Hashes a password with a salt of its own, into a PHC string. Takes 20 ms at full cost: not on a thread that answers.
///
/// # Errors
/// `Internal` when there is no memory or no randomness.
pub fn hash(password: &str, cost: Cost) -> Result<String, Refused> {
    let parameters = match cost {
        Cost::Full => Params::new(19 * 1024, 2, 1, None),
        Cost::Minimal => Params::new(Params::MIN_M_COST, 1, 1, None),
    };
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters.map_err(Refused::internal)?);
    Ok(argon2.hash_password(typed(password).as_bytes()).map_err(Refused::internal)?.to_string())
}

fn verify(password: &str, hash: &str) -> Result<bool, Refused> {
    use argon2::password_hash::Error;
    let hash = PasswordHash::new(hash).map_err(Refused::internal)?;
    match Argon2::default().verify_password(typed(password).as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(broken) => Err(Refused::internal(broken)),
    }
}

/// The same letters, whichever keyboard they come from: `ä` is one code point on some and two on others. NFC as RFC 8265,
/// section 4.2.2, wants it for passwords; NFKC would make different passwords equal.
fn typed(password: &str) -> String {
    password.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_matches_and_nobody_matches_nothing() {
        let passwords = Passwords::new();
        let hash = |cost| Some(hash("secret", cost).expect("a hash"));
        let cases = [
            ("secret", hash(Cost::Full), true),
            ("secret", hash(Cost::Minimal), true),
            ("Secret", hash(Cost::Full), false),
            ("", hash(Cost::Full), false),
            ("nobody has this password", None, false),
            ("ko\u{308}ln", Some(super::hash("k\u{f6}ln", Cost::Minimal).expect("a hash")), true),
            ("k\u{f6}ln", Some(super::hash("ko\u{308}ln", Cost::Minimal).expect("a hash")), true),
            ("\u{fb01}sh", Some(super::hash("fish", Cost::Minimal).expect("a hash")), false),
        ];
        for (password, hash, expected) in cases {
            let place = passwords.queue().expect("a place");
            let matches = passwords.matches(place, password.into(), hash.clone()).await.expect("an answer");
            assert_eq!(matches, expected, "{password} {hash:?}");
        }
    }

    #[test]
    fn a_full_hash_costs_what_owasp_asks_for_and_has_a_salt_of_its_own() {
        let (one, other) = (hash("secret", Cost::Full).expect("a hash"), hash("secret", Cost::Full).expect("a hash"));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
    }

    #[tokio::test]
    async fn past_the_queue_a_password_is_refused_and_later_there_is_room_again() {
        let passwords = Passwords::new();
        let cores = passwords.cores.available_permits();
        let waiting: Vec<_> = std::iter::from_fn(|| passwords.queue().ok()).collect();
        assert_eq!(waiting.len(), cores * (1 + QUEUE_PER_CORE));
        let refused = passwords.queue().map(drop).expect_err("the queue is full");
        assert_eq!(refused.code, Code::Overloaded);
        drop(waiting);
        passwords.queue().expect("there is room");
    }

    #[tokio::test]
    async fn a_new_password_is_hashed_at_full_cost_unless_it_is_easy_to_guess() {
        let passwords = Passwords::new();
        let accept = async |new: &str| {
            let place = passwords.queue().expect("a place");
            passwords.accept(place, new.into(), ["jane".into(), "server".into()]).await
        };
        let hash = accept("mustard umbrella eleven").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("mustard umbrella eleven", &hash).expect("an answer"));
        assert_eq!(accept("passwordpassword").await.expect_err("common").code, Code::InvalidValues);
    }
}
