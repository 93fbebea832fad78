//! Session id: what names a session, and what does its name tell?

use std::fmt;
use std::ops::RangeInclusive;

use actix_session::storage::{SessionKey, generate_session_key};

/// `{user id}-{32 letters and digits}`: 190 bits of chance (OWASP ASVS 5.0, 7.2.3, wants 128), and whose it is, so that
/// everything that is kept of one user stands together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(super) user: i64,
    pub(super) random: Random,
}

/// What nobody can guess.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Random([u8; SIGNS]);

const SIGNS: usize = 32;

impl Id {
    pub(super) fn fresh(user: i64) -> Id {
        let signs: String = generate_session_key().into();
        Id { user, random: Random::parse(&signs[..SIGNS]).expect("64 letters and digits") }
    }

    /// None for what [`Id::fresh`] cannot have made: that names no session, and nobody needs to be asked.
    pub(crate) fn parse(text: &str) -> Option<Id> {
        let (user, random) = text.split_once('-')?;
        let id = Id { user: user.parse().ok()?, random: Random::parse(random)? };
        (id.user.to_string() == user).then_some(id) // Else `+1-…` would be a second name for `1-…`.
    }

    pub(super) fn key(&self) -> SessionKey {
        self.to_string().try_into().expect("far below 4064 bytes")
    }

    /// Whatever this user's ids are.
    pub(super) fn all_of(user: i64) -> RangeInclusive<Id> {
        Id { user, random: Random([u8::MIN; SIGNS]) }..=Id { user, random: Random([u8::MAX; SIGNS]) }
    }
}

impl Random {
    pub(super) fn parse(text: &str) -> Option<Random> {
        let signs: [u8; SIGNS] = text.as_bytes().try_into().ok()?;
        signs.iter().all(u8::is_ascii_alphanumeric).then_some(Random(signs))
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.user, self.random)
    }
}

impl fmt::Display for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
        assert_eq!(Id::parse(&id.to_string()), Some(id));
        let random = id.random.as_str();
        let wrong = ["", "-", "123", "k", random, "123-", "123-short", &format!("-{random}"), &format!("-1-{random}")];
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
