//! Refresh token chain: how does one token lead to the next?
//!
//! Each is made of the one before it, by a secret of its family: whoever asks twice with the same token gets the same
//! successor twice, and nobody has to store it. The mark tells a token that was given out once from one that somebody made
//! up, however old it is, without a list of all that were.

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use server::error::Refused;

/// Bytes that nobody guesses: RFC 6749, section 10.10, asks for 16 or more.
const RANDOM_BYTES: usize = 32;

/// What leads from one token to the next. It stands in the family's row, and opens nothing without a token.
pub(crate) struct Secret(hmac::Key);

/// `{sid}.{link}{mark}`: which family, the link of its chain, and the proof that the family gave it out.
pub(crate) struct RefreshToken {
    pub(crate) sid: String,
    link: Vec<u8>,
    mark: Vec<u8>,
}

impl Secret {
    /// A new one, and as it is stored.
    pub(crate) fn generate() -> Result<(Secret, String), Refused> {
        let stored = URL_SAFE_NO_PAD.encode(random()?);
        Ok((Secret::stored(&stored), stored))
    }

    pub(crate) fn stored(text: &str) -> Secret {
        Secret(hmac::Key::new(HMAC_SHA256, text.as_bytes()))
    }

    fn of(&self, purpose: &str, link: &[u8]) -> Vec<u8> {
        hmac::sign(&self.0, &[purpose.as_bytes(), link].concat()).as_ref().to_vec()
    }
}

impl RefreshToken {
    pub(crate) fn first(sid: String, secret: &Secret) -> Result<RefreshToken, Refused> {
        Ok(RefreshToken::marked(sid, random()?, secret))
    }

    pub(crate) fn next(&self, secret: &Secret) -> RefreshToken {
        RefreshToken::marked(self.sid.clone(), secret.of("next", &self.link), secret)
    }

    fn marked(sid: String, link: Vec<u8>, secret: &Secret) -> RefreshToken {
        let mark = secret.of("mark", &link);
        RefreshToken { sid, link, mark }
    }

    /// What a client brought, if it has the form of a token. Whether it is one, [`RefreshToken::is_of`] tells.
    pub(crate) fn parse(text: &str) -> Option<RefreshToken> {
        let (sid, rest) = text.split_once('.').filter(|(sid, _)| is_sid(sid))?;
        let rest = URL_SAFE_NO_PAD.decode(rest).ok()?;
        let (link, mark) = rest.split_at_checked(RANDOM_BYTES)?;
        Some(RefreshToken { sid: sid.into(), link: link.into(), mark: mark.into() })
    }

    /// Did the family with this secret give it out, now or long ago? Compared in a time that tells nothing.
    pub(crate) fn is_of(&self, secret: &Secret) -> bool {
        hmac::verify(&secret.0, &[b"mark", &*self.link].concat(), &self.mark).is_ok()
    }

    /// As it is stored: whoever reads the table cannot go back from here to the token.
    pub(crate) fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &self.link))
    }
}

/// As the client carries it.
impl fmt::Display for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = [&*self.link, &*self.mark].concat();
        write!(f, "{}.{}", self.sid, URL_SAFE_NO_PAD.encode(rest))
    }
}

/// 32 hexadecimal digits, as a family is called: no other name is looked up, and none that a database would choke on.
pub(super) fn is_sid(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn random() -> Result<Vec<u8>, Refused> {
    let mut bytes = vec![0; RANDOM_BYTES];
    rand::fill(&mut bytes).map_err(Refused::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_same_token_leads_to_the_same_successor_and_no_two_families_share_one() {
        let (secret, stored) = Secret::generate().unwrap();
        let (other, _) = Secret::generate().unwrap();
        let first = RefreshToken::first(SID.into(), &secret).unwrap();
        let next = first.next(&secret);
        assert_eq!(next.to_string(), first.next(&Secret::stored(&stored)).to_string());
        assert_ne!(next.hash(), first.hash());
        assert_ne!(next.hash(), first.next(&other).hash());
        assert_ne!(next.hash(), next.next(&secret).hash());
    }

    #[test]
    fn only_what_was_given_out_bears_the_mark() {
        let (secret, _) = Secret::generate().unwrap();
        let (other, _) = Secret::generate().unwrap();
        let token = RefreshToken::first(SID.into(), &secret).unwrap().next(&secret);
        let text = token.to_string();
        assert!(text.len() <= 256, "the API takes no more: {text}");
        assert!(RefreshToken::parse(&text).is_some_and(|token| token.is_of(&secret) && !token.is_of(&other)));

        let bytes = URL_SAFE_NO_PAD.decode(&text[SID.len() + 1..]).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            let forged = RefreshToken::parse(&format!("{SID}.{}", URL_SAFE_NO_PAD.encode(forged)));
            assert!(forged.is_some_and(|token| !token.is_of(&secret)), "byte {at}");
        }
        for made_up in [
            "",
            ".",
            SID,
            &format!("{SID}."),
            &format!("{SID}.AAAA"),
            &text.replacen(SID, "\0", 1),
            &text[..text.len() - 1],
            &format!("{text}A"),
            &format!("{text}="),
        ] {
            assert!(RefreshToken::parse(made_up).is_none_or(|token| !token.is_of(&secret)), "{made_up}");
        }
    }
}
