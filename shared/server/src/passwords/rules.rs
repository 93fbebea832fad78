//! Password rules: is this password good enough to begin with?
//!
//! NIST SP 800-63B-4, section 3.1.1.2: long, not common, not made of words that the context gives away. No rule asks for
//! digits or capitals: people meet those in ways that are guessed first. The length is checked with the body's other
//! values; here is the blocklist.

use zxcvbn::{Score, zxcvbn};

use crate::error::Refused;
use shared::api::problem::FieldError;

/// At least 10^8 guesses. zxcvbn (Wheeler, USENIX Security 2016) knows common passwords and names, rows of keys, dates and
/// repeats, also one behind the other, and counts the tries until they are reached. Five tries in 15 minutes take 570 years
/// for so many: below that a password is as good as listed, above it guessing online is hopeless. One score higher, at
/// 10^10, it would be a meter of strength, which the section does not ask for, and refuse what nobody has listed.
const ENOUGH: Score = Score::Three;

/// # Errors
/// `InvalidValues` about the field `new`, in a sentence that says what to do.
pub(super) fn check(password: &str, context: &[&str]) -> Result<(), Refused> {
    let words: Vec<&str> = context.iter().flat_map(|name| parts(name)).collect();
    let estimate = zxcvbn(password, &words);
    if estimate.score() >= ENOUGH {
        return Ok(());
    }
    let why = estimate.feedback().and_then(|feedback| feedback.warning());
    let why = why.map(|warning| format!(" {warning}")).unwrap_or_default();
    let message = format!(
        "is among the first that anybody would try.{why} Take some words that have nothing to do with each other."
    );
    Err(Refused::invalid(vec![FieldError { field: "new".into(), message }]))
}

/// A name and what it is made of: `stateless-server`, `stateless`, `server`.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    std::iter::once(name).chain(name.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()))
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(password: &str, good: bool) {
        assert!(password.chars().count() >= 15, "{password} is too short to come here");
        let checked = super::check(password, &["jane.doe", "stateless-server"]);
        assert_eq!(checked.is_ok(), good, "{password}: {checked:?}");
    }

    #[test]
    fn the_common_is_refused_however_long() {
        check("passwordpassword", false);
        check("aaaaaaaaaaaaaaaaaaaa", false);
        check("123456789012345", false);
        check("qwertyuiopasdfghjkl", false);
        check("abcabcabcabcabcabc", false);
        check("iloveyouiloveyou", false);
        check("password12345678", false);
        check("P@ssw0rdP@ssw0rd", false);
        check(&"a".repeat(256), false);
    }

    #[test]
    fn what_the_context_gives_away_is_refused() {
        check("jane.doejane.doe", false);
        check("JaneDoeJaneDoe2026", false);
        check("stateless-server", false);
        check("stateless-server1", false);
        check("jane.doeserver1", false);
    }

    #[test]
    fn words_that_have_nothing_to_do_with_each_other_are_fine() {
        check("correct horse battery staple", true);
        check("mustard umbrella eleven", true);
        check("vK8#mq2Lx!pR9zw", true);
        check("schöne grüße aus köln", true);
        check("пароль из девяти слов", true);
        check("🦀🐙🦑🦐🐚🐌🦋🐛🐝🐞🦗🕷🦂🦟🪰", true);
    }

    #[test]
    fn a_refusal_names_the_field_and_says_what_to_do() {
        let refused = super::check("passwordpassword", &[]).expect_err("common");
        assert_eq!(refused.errors[0].field, "new");
        assert!(refused.errors[0].message.contains("Take some words"), "{refused:?}");
    }
}
