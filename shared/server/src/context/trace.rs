//! Trace context: which request is this, also for those who asked before us?
//!
//! W3C Trace Context, level 1: `traceparent: 00-<trace id>-<span id>-<flags>` in lower-case hexadecimal digits.

use actix_web::http::header::HeaderValue;

/// The id of a request, and the trace it belongs to if somebody upstream began one.
pub(crate) struct Trace {
    id: [u8; 32],
    /// The two digits of flags that came with the trace.
    continued: Option<[u8; 2]>,
}

impl Trace {
    /// A request that nobody traced so far. Random, not secret: unique is enough.
    pub(crate) fn begin() -> Trace {
        let mut id = [0; 32];
        let (high, low) = id.split_at_mut(16);
        hex(fastrand::u64(..), high);
        hex(fastrand::u64(..), low);
        Trace { id, continued: None }
    }

    /// The trace of a `traceparent`; a header that breaks the rules is ignored, as section 3.2 wants it.
    pub(crate) fn parse(header: &[u8]) -> Option<Trace> {
        let (version, id) = (header.get(..2)?, header.get(3..35)?);
        let (span, flags) = (header.get(36..52)?, header.get(53..55)?);
        let dashes = [2, 35, 52].iter().all(|&at| header[at] == b'-');
        let digits = [version, id, span, flags].concat().iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let length = if version == b"00" { header.len() == 55 } else { header.len() == 55 || header[55] == b'-' };
        let null = id.iter().all(|&digit| digit == b'0') || span.iter().all(|&digit| digit == b'0');
        if !dashes || !digits || !length || null || version == b"ff" {
            return None;
        }
        Some(Trace { id: id.try_into().ok()?, continued: Some(flags.try_into().ok()?) })
    }

    pub(crate) fn id(&self) -> &str {
        std::str::from_utf8(&self.id).expect("hexadecimal digits are ASCII")
    }

    /// Our own span in the trace of whoever asked; nothing for a request that nobody traces.
    pub(crate) fn parent(&self) -> Option<HeaderValue> {
        let flags = self.continued?;
        let mut parent = *b"00-................................-................-..";
        parent[3..35].copy_from_slice(&self.id);
        hex(fastrand::u64(1..), &mut parent[36..52]);
        parent[53..].copy_from_slice(&flags);
        HeaderValue::from_bytes(&parent).ok()
    }
}

/// Writes the sixteen digits of `number`, the highest first.
fn hex(number: u64, digits: &mut [u8]) {
    for (at, digit) in digits.iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (60 - 4 * at)) as usize & 15];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_is_continued_under_a_span_of_our_own() {
        let trace = Trace::parse(VALID.as_bytes()).expect("valid");
        assert_eq!(trace.id(), &VALID[3..35]);
        let parent = trace.parent().expect("continued");
        let parent = parent.to_str().expect("text");
        assert_eq!((&parent[..36], &parent[52..]), (&VALID[..36], &VALID[52..]));
        assert_ne!(parent[36..52], VALID[36..52]);
    }

    #[test]
    fn a_later_version_may_say_more() {
        assert!(Trace::parse(VALID.replacen("00", "01", 1).as_bytes()).is_some());
        assert!(Trace::parse((VALID.replacen("00", "01", 1) + "-more").as_bytes()).is_some());
    }

    #[test]
    fn nonsense_is_ignored() {
        let check = |header: &str| assert!(Trace::parse(header.as_bytes()).is_none(), "{header:?}");
        check("");
        check("00");
        check(&VALID.to_uppercase());
        check(&VALID.replacen("00", "ff", 1));
        check(&VALID.replace('-', "_"));
        check(&format!("{VALID}-more"));
        check("00-00000000000000000000000000000000-00f067aa0ba902b7-01");
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01");
    }

    #[test]
    fn ids_are_32_digits_and_differ() {
        let (one, two) = (Trace::begin(), Trace::begin());
        assert!(one.id().len() == 32 && one.id().bytes().all(|digit| digit.is_ascii_hexdigit()));
        assert_ne!(one.id(), two.id());
        assert!(one.parent().is_none());
    }
}
