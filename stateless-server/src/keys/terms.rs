//! Token validation: what must be true of a signed statement, besides its signature?
//!
//! That it is of the right kind, between the right parties, and of this time. What else it says, `claims.rs` knows.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::settings::lifetime;

/// How far two replicas' clocks may differ, in seconds.
pub(crate) const LEEWAY_SECONDS: i64 = 2;

/// The longest that anything lives which nobody can take back.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What a signature is for: explicit types keep one from passing as the other (RFC 8725, section 3.11; OWASP ASVS 5.0, 9.2.2).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    AccessToken,
    Draft,
}

/// Who signs, and for whom: the claims `iss` and `aud` of all that is signed here.
#[derive(Debug, Clone)]
pub(crate) struct Parties {
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// What every signed statement says of itself (RFC 7519, section 4.1).
pub(crate) struct Terms<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    /// Seconds since 1970, as the other two.
    pub(crate) issued: i64,
    pub(crate) not_before: i64,
    pub(crate) expires: i64,
}

/// What can be signed. Its fields are the claims: one that is missing, of another type or there twice is refused, and one
/// that is unknown is passed over (RFC 7519, section 4), so that a new claim logs nobody out while replicas are replaced.
pub(crate) trait Statement: Serialize + DeserializeOwned {
    const KIND: Kind;
    fn terms(&self) -> Terms<'_>;
}

/// Why something a client brought is not believed: one answer for all causes, so that nobody can feel their way in.
#[derive(Debug)]
pub(crate) struct NotOurs;

impl Kind {
    pub(crate) const ALL: [Kind; 2] = [Kind::AccessToken, Kind::Draft];

    /// The header `typ`: the first is that of RFC 9068, section 2.1.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::AccessToken => "at+jwt",
            Kind::Draft => "draft+jwt",
        }
    }
}

impl Terms<'_> {
    /// RFC 8725, sections 3.8 and 3.9.
    pub(crate) fn are_between(&self, parties: &Parties) -> bool {
        self.issuer == parties.issuer && self.audience == parties.audience
    }

    /// Begun, not over, and never meant for longer than [`LONGEST`]: a date by mistake must not be a key for ever. `now` is
    /// compared with dates as they came, so that no sum of theirs can overflow (OWASP ASVS 5.0, 9.2.1).
    pub(crate) fn hold_at(&self, now: Timestamp) -> bool {
        let (earliest, latest) = (now.as_second() - LEEWAY_SECONDS, now.as_second() + LEEWAY_SECONDS);
        let span = self.expires.checked_sub(self.issued);
        let bounded = span.is_some_and(|seconds| (0..=LONGEST.as_secs() as i64).contains(&seconds));
        bounded && self.issued <= latest && self.not_before <= latest && earliest < self.expires
    }
}

/// For `--access-ttl`.
///
/// # Errors
/// As [`lifetime`]; or that we would not believe it ourselves.
pub(crate) fn access_lifetime(text: &str) -> Result<Duration, String> {
    lifetime(text).and_then(|ttl| if ttl <= LONGEST { Ok(ttl) } else { Err("longer than 24h".into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_holds_from_its_beginning_to_its_end_and_a_day_at_most() {
        const NOW: i64 = 1_800_000_000;
        const DAY: i64 = 24 * 60 * 60;
        #[track_caller]
        fn check(issued: i64, not_before: i64, expires: i64, holds: bool) {
            let terms = Terms { issuer: "", audience: "", issued, not_before, expires };
            assert_eq!(terms.hold_at(Timestamp::from_second(NOW).unwrap()), holds);
        }
        check(NOW, NOW, NOW + 900, true);
        check(NOW - 900, NOW - 900, NOW + 1, true);
        check(NOW - 900, NOW - 900, NOW - LEEWAY_SECONDS + 1, true);
        check(NOW - 900, NOW - 900, NOW - LEEWAY_SECONDS, false);
        check(NOW + LEEWAY_SECONDS, NOW, NOW + 900, true);
        check(NOW + LEEWAY_SECONDS + 1, NOW, NOW + 900, false);
        check(NOW, NOW + LEEWAY_SECONDS, NOW + 900, true);
        check(NOW, NOW + LEEWAY_SECONDS + 1, NOW + 900, false);
        check(NOW, NOW, NOW + DAY, true);
        check(NOW, NOW, NOW + DAY + 1, false);
        check(NOW + 1, NOW, NOW, false); // It would end before it was given.
        for odd in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
            check(odd, NOW, NOW + 900, false);
            check(NOW, NOW, odd, false);
            check(odd, odd, odd, false);
        }
        check(NOW, i64::MIN, NOW + 900, true);
        check(NOW, i64::MAX, NOW + 900, false);
    }

    #[test]
    fn a_token_that_nobody_would_believe_cannot_be_asked_for() {
        assert_eq!(access_lifetime("24h"), Ok(LONGEST));
        assert!(
            access_lifetime("24h 1s").is_err() && access_lifetime("1d 1ms").is_err() && access_lifetime("0s").is_err()
        );
    }
}
