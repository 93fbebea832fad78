//! Cookies of a request: which of them is ours?
//!
//! Names are compared as they came. actix-web decodes `%5F_Host-sessionId` into our name: any page of a sibling domain could
//! set that, past the promise that browsers keep for the prefix (RFC 6265bis, section 4.1.3.2).

use actix_web::http::header::{self, HeaderMap};

/// Far beyond what we give out, with every third sign written as three: no key is tried on more.
const VALUE_BYTES: usize = 512;

#[derive(Debug, PartialEq)]
pub(super) enum Brought<'a> {
    Nothing,
    /// Its value, as it came.
    One(&'a str),
    /// Not a value of ours, or two: then somebody who can set cookies for this host has put one beside ours, and the order
    /// tells nobody which (RFC 6265bis, sections 5.8.3 and 8.6).
    Unbelievable,
}

impl Brought<'_> {
    pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Brought<'a> {
        let lines = headers.get_all(header::COOKIE).flat_map(|line| line.as_bytes().split(|sign| *sign == b';'));
        let mut values = lines.filter_map(|pair| value_of(pair.trim_ascii(), name));
        match (values.next(), values.next()) {
            (None, _) => Brought::Nothing,
            (Some(value), None) => well_formed(value).map_or(Brought::Unbelievable, Brought::One),
            (Some(_), Some(_)) => Brought::Unbelievable,
        }
    }
}

fn value_of<'a>(pair: &'a [u8], name: &str) -> Option<&'a [u8]> {
    pair.strip_prefix(name.as_bytes())?.trim_ascii_start().strip_prefix(b"=").map(<[u8]>::trim_ascii)
}

/// Base64, some of its signs written as `%2B`: no other spelling is one of ours.
fn well_formed(value: &[u8]) -> Option<&str> {
    let mut signs = value.iter();
    let mut is_ours = !value.is_empty() && value.len() <= VALUE_BYTES;
    while let (true, Some(sign)) = (is_ours, signs.next()) {
        is_ours = match sign {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => true,
            b'%' => matches!(
                (signs.next(), signs.next()),
                (Some(b'2'), Some(b'B' | b'b' | b'F' | b'f')) | (Some(b'3'), Some(b'D' | b'd'))
            ),
            _ => false,
        };
    }
    is_ours.then(|| std::str::from_utf8(value).ok())?
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn one_of_our_name_is_believed_and_two_are_not() {
        #[track_caller]
        fn check(lines: &[&[u8]], name: &str, expected: &Brought<'_>) {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            assert_eq!(Brought::read(&headers, name), *expected, "{lines:?}");
        }
        const PLAIN: &str = "sessionId";
        const HOST: &str = "__Host-sessionId";
        let one = Brought::One("a%2Bb");
        check(&[], PLAIN, &Brought::Nothing);
        check(&[b""], PLAIN, &Brought::Nothing);
        check(&[b"theme=dark; ;=x; sessionid=a; sessionIds=a; =sessionId"], PLAIN, &Brought::Nothing);
        check(&[b"sessionId=a%2Bb"], PLAIN, &one);
        check(&[b"theme=dark; \xff\xff=\xff;sessionId = a%2Bb ;x"], PLAIN, &one);
        check(&[b"theme=dark", b"sessionId=a%2Bb"], PLAIN, &one);
        check(&[b"sessionId=a%2Bb; sessionId=c"], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=a%2Bb; sessionId=a%2Bb"], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=a%2Bb", b"sessionId=c"], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId="], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=\"a\""], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=a%2bb%3d"], PLAIN, &Brought::One("a%2bb%3d"));
        check(&[b"sessionId=%41"], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=a%2"], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=%ff%fe"], PLAIN, &Brought::Unbelievable);
        check(&[format!("sessionId={}", "a".repeat(513)).as_bytes()], PLAIN, &Brought::Unbelievable);
        check(&[b"sessionId=c; __Host-sessionId=a%2Bb"], HOST, &one);
        check(&[b"%5F_Host-sessionId=c; __host-sessionId=c"], HOST, &Brought::Nothing);
        check(&[b"%5F_Host-sessionId=c; __Host-sessionId=a%2Bb"], HOST, &one);
    }
}
