//! Client address: from which one does a request come?
//!
//! From the other end of the connection, unless that is a proxy we were told to trust: then from whom the proxy names.
//! Anybody can write header fields, so nothing else in them counts.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;

/// Each proxy appends whom it was asked by. Of all such fields this is the one that every proxy can be told to write.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The nearest address that is not a trusted proxy's.
pub(super) fn of(request: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.ip());
    let fields: Vec<_> = request.headers().get_all(FORWARDED_FOR).map(|field| field.as_bytes()).collect();
    nearest_stranger(peer, &fields, trusted)
}

/// Goes back the way the request came, from the end of the list, as long as whoever tells of the step before is trusted.
fn nearest_stranger(peer: IpAddr, fields: &[&[u8]], trusted: &[IpAddr]) -> IpAddr {
    // Each entry by itself: what is no text in one that a client wrote must not hide the one that the proxy wrote.
    let entries = fields.iter().rev().flat_map(|field| field.rsplit(|sign| *sign == b','));
    let mut before = entries.map(|entry| address(std::str::from_utf8(entry).unwrap_or_default().trim()));
    let mut nearest = peer.to_canonical();
    while trusted.iter().any(|proxy| proxy.to_canonical() == nearest) {
        let Some(Some(address)) = before.next() else { break };
        nearest = address;
    }
    nearest
}

/// An address, which some proxies write with a port. An IPv4 address in the clothes of IPv6 is the IPv4 address.
fn address(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<SocketAddr>().map(|address| address.ip());
    let address = entry.parse::<IpAddr>().or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Our own proxies.
    const TRUSTED: [&str; 2] = ["10.0.0.1", "10.0.0.2"];

    #[track_caller]
    fn check(peer: &str, fields: &[&str], expected: &str) {
        let parse = |address: &str| address.parse::<IpAddr>().expect("an address");
        let bytes: Vec<_> = fields.iter().map(|field| field.as_bytes()).collect();
        let found = nearest_stranger(parse(peer), &bytes, &TRUSTED.map(parse));
        assert_eq!(found, parse(expected), "{peer} {fields:?}");
    }

    #[test]
    fn a_stranger_may_write_what_it_likes() {
        check("192.0.2.1", &[], "192.0.2.1");
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("192.0.2.1", &["10.0.0.1", "10.0.0.2"], "192.0.2.1");
        check("::ffff:192.0.2.1", &["198.51.100.7"], "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_was_asked_by() {
        check("10.0.0.1", &["192.0.2.1"], "192.0.2.1");
        check("::ffff:10.0.0.1", &["192.0.2.1"], "192.0.2.1");
        check("10.0.0.1", &["2001:db8::1"], "2001:db8::1");
        check("10.0.0.1", &["192.0.2.1:49152"], "192.0.2.1");
        check("10.0.0.1", &["[2001:db8::1]:49152"], "2001:db8::1");
        check("10.0.0.1", &["::ffff:192.0.2.1"], "192.0.2.1");
    }

    #[test]
    fn what_came_before_the_nearest_stranger_is_hearsay() {
        check("10.0.0.1", &["203.0.113.9, 192.0.2.1"], "192.0.2.1");
        check("10.0.0.1", &["203.0.113.9", "192.0.2.1"], "192.0.2.1");
        check("10.0.0.1", &["203.0.113.9, 192.0.2.1, 10.0.0.2"], "192.0.2.1");
        check("10.0.0.1", &["203.0.113.9,192.0.2.1", "10.0.0.2"], "192.0.2.1");
        check("10.0.0.1", &["10.0.0.2, 192.0.2.1"], "192.0.2.1");
    }

    #[test]
    fn what_is_no_text_in_one_entry_hides_no_other() {
        let proxy = "10.0.0.1".parse().expect("an address");
        let found = nearest_stranger(proxy, &[b"\xff, 192.0.2.1"], &[proxy]);
        assert_eq!(found, "192.0.2.1".parse::<IpAddr>().expect("an address"));
    }

    #[test]
    fn a_proxy_that_names_nobody_stands_for_itself() {
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["unknown"], "10.0.0.1");
        check("10.0.0.1", &[""], "10.0.0.1");
        check("10.0.0.1", &["192.0.2.1, _hidden"], "10.0.0.1");
        check("10.0.0.1", &["10.0.0.2"], "10.0.0.2");
    }
}
