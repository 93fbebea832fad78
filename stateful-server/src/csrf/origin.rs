//! Web origin: what is one, and when are two the same?

use std::str::FromStr;

use actix_web::http::uri::Authority;

/// `scheme://host[:port]` (RFC 6454, section 6.2), in small letters and without the scheme's own port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: String,
}

impl Origin {
    /// None for `null` too: that is what a browser says when it names none.
    pub(super) fn parse(text: &str) -> Option<Origin> {
        let (scheme, host) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let is_scheme = scheme.starts_with(|sign: char| sign.is_ascii_alphabetic())
            && scheme.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"+-.".contains(&sign));
        let host = is_scheme.then(|| canonical(&scheme, host))??;
        Some(Origin { scheme, host })
    }

    /// Is it at this `Host`, as a browser would write that for this scheme?
    pub(super) fn is_at(&self, host: &str) -> bool {
        canonical(&self.scheme, host).is_some_and(|host| host == self.host)
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme == "https"
    }
}

/// For the command line.
impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Origin, &'static str> {
        Origin::parse(text).ok_or("not an origin: SCHEME://HOST or SCHEME://HOST:PORT, without a path")
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

fn canonical(scheme: &str, host: &str) -> Option<String> {
    let authority: Authority = host.parse().ok()?;
    let name = authority.host().to_ascii_lowercase();
    let signs = name.trim_start_matches('[').trim_end_matches(']');
    let is_name =
        !signs.is_empty() && signs.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-._:".contains(&sign));
    let port = match host.get(authority.host().len()..)? {
        "" => None,
        port => Some(port.strip_prefix(':')?.parse::<u16>().ok()?), // No `user@`, and no empty port.
    };
    let port = port.filter(|port| (scheme, *port) != ("http", 80) && (scheme, *port) != ("https", 443));
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    is_name.then(|| format!("{name}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_perhaps_a_port() {
        #[track_caller]
        fn check(text: &str, shown: Option<&str>) {
            assert_eq!(Origin::parse(text).map(|origin| origin.to_string()).as_deref(), shown, "{text:?}");
        }
        check("https://shop.example", Some("https://shop.example"));
        check("HTTPS://Shop.Example:443", Some("https://shop.example"));
        check("http://shop.example:443", Some("http://shop.example:443"));
        check("http://[::1]:8080", Some("http://[::1]:8080"));
        check("capacitor://localhost", Some("capacitor://localhost"));
        for text in
            ["", "null", "*", "https://", "https://*", "https://*.example", "shop.example", "https:shop.example"]
        {
            check(text, None);
        }
        for rest in ["/", "/path", "?q", "#f", ":", ":x", ":99999", ":80:80", ", https://b.example", " "] {
            check(&format!("https://shop.example{rest}"), None);
        }
        check("https://me@shop.example", None);
        check("1https://shop.example", None);
    }
}
