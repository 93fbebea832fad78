//! What names a session, and what does its name tell?

use std::fmt;

use actix_session::storage::{SessionKey, generate_session_key};

/// `{user id}-{64 letters and digits}`: 381 bits of chance (OWASP ASVS 5.0, 7.2.3, wants 128), and whose it is, so that
/// everything that is kept of one user stands together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id {
    pub(super) user: i64,
    pub(super) random: String,
}

const RANDOM: usize = 64;

impl Id {
    pub(super) fn fresh(user: i64) -> Id {
        Id { user, random: generate_session_key().into() }
    }

    /// None for what [`Id::fresh`] cannot have made: that names no session, and nobody needs to be asked.
    pub(crate) fn parse(text: &str) -> Option<Id> {
        let (user, random) = text.split_once('-')?;
        let is_ours = random.len() == RANDOM && random.bytes().all(|sign| sign.is_ascii_alphanumeric());
        let id = Id { user: user.parse().ok()?, random: random.into() };
        (is_ours && id.to_string() == text).then_some(id) // Else `+1-…` would be a second name for `1-…`.
    }

    pub(super) fn key(&self) -> SessionKey {
        self.to_string().try_into().expect("far below 4064 bytes")
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.user, self.random)
    }
}

/// Names a login in public: 131 bits, so that nobody's can be guessed either, though it opens nothing.
pub(super) fn public() -> String {
    let mut name: String = generate_session_key().into();
    name.truncate(22);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_here_names_a_session() {
        let id = Id::fresh(123);
        assert_eq!(Id::parse(&id.to_string()), Some(id.clone()));
        let random = id.random;
        let wrong = ["", "-", "123", "k", &random, "123-", "123-short", &format!("-{random}"), &format!("-1-{random}")];
        let wrong = wrong.into_iter().map(str::to_owned).chain([
            format!("+123-{random}"),
            format!("0123-{random}"),
            format!("123-{random}x"),
            format!("123-{}}}", &random[1..]),
            format!("99999999999999999999-{random}"),
        ]);
        for text in wrong {
            assert_eq!(Id::parse(&text), None, "{text:?}");
        }
    }
}
