use http::{HeaderMap, HeaderValue};

use super::header::Source;
use super::resolve::{Unknown, resolve};
use super::trusted::TrustedProxies;

fn proxies() -> TrustedProxies {
    TrustedProxies::networks(["10.0.0.0/8", "fd00::/8"]).unwrap()
}

fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

/// Returns the address as text, for a connection from `peer`. An empty text is a Unix socket.
fn find(source: &Source, proxies: &TrustedProxies, peer: &str, values: &[&str]) -> Result<String, Unknown> {
    let peer = (!peer.is_empty()).then(|| peer.parse::<std::net::IpAddr>().unwrap().to_canonical());
    let name: &'static str = match source {
        Source::ForwardedFor => "x-forwarded-for",
        Source::Forwarded => "forwarded",
        Source::Single(_) => "x-real-ip",
    };
    let hops = source.hops(&headers(name, values));
    resolve(proxies, peer, &hops).map(|addr| addr.to_string())
}

fn forwarded_for(peer: &str, values: &[&str]) -> Result<String, Unknown> {
    find(&Source::ForwardedFor, &proxies(), peer, values)
}

fn address(text: &str) -> Result<String, Unknown> {
    Ok(text.to_owned())
}

/// Each row of the table in the docs of `RealIp`.
#[test]
fn the_address_is_that_of_the_first_peer_that_is_not_trusted() {
    for (peer, values, expected) in [
        ("192.0.2.1", &["203.0.113.9"][..], "192.0.2.1"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", &["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", &["192.0.2.1, 10.0.0.2"], "192.0.2.1"),
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", &["192.0.2.1", "10.0.0.2"], "192.0.2.1"),
        ("10.0.0.1", &["x, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", &["192.0.2.1:4711"], "192.0.2.1"),
        ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", &["2001:DB8:0::1"], "2001:db8::1"),
        ("10.0.0.1", &["fe80::1%eth0"], "fe80::1"),
        ("10.0.0.1", &["[fe80::1%eth0]:80"], "fe80::1"),
        ("::ffff:10.0.0.1", &["::ffff:192.0.2.1"], "192.0.2.1"),
        ("fd00::1", &["2001:db8::1, fd00::2"], "2001:db8::1"),
        ("10.0.0.1", &[",192.0.2.1, ,"], "192.0.2.1"),
        ("10.0.0.1", &["  192.0.2.1\t"], "192.0.2.1"),
    ] {
        assert_eq!(forwarded_for(peer, values), address(expected), "{peer} {values:?}");
    }
}

#[test]
fn what_a_trusted_proxy_wrote_and_nobody_can_read_is_no_address() {
    for value in [
        "x",
        "192.0.2.1, x",
        "192.0.2",
        "192.0.2.1.5",
        "[192.0.2.1]",
        "[2001:db8::1",
        "2001:db8::1]",
        "010.0.0.2",
        "192.0.2.1:99999",
        "unknown",
        "192.0.2.1 10.0.0.2",
        "\u{e9}",
    ] {
        assert_eq!(forwarded_for("10.0.0.1", &[value]), Err(Unknown::Unreadable), "{value}");
    }
}

#[test]
fn a_unix_socket_has_no_address_and_is_trusted_if_the_author_says_so() {
    let trusting = proxies().unix_sockets();
    let with = |proxies: &TrustedProxies, values: &[&str]| find(&Source::ForwardedFor, proxies, "", values);
    assert_eq!(with(&proxies(), &["192.0.2.1"]), Err(Unknown::NoAddress));
    assert_eq!(with(&trusting, &["192.0.2.1"]), address("192.0.2.1"));
    assert_eq!(with(&trusting, &[]), Err(Unknown::NoAddress));
    assert_eq!(with(&TrustedProxies::count(1), &["192.0.2.1"]), address("192.0.2.1"));
}

#[test]
fn a_number_of_proxies_counts_from_the_right() {
    let two = |values: &[&str]| find(&Source::ForwardedFor, &TrustedProxies::count(2), "10.0.0.1", values);
    assert_eq!(two(&["192.0.2.1, 10.0.0.2"]), address("192.0.2.1"));
    assert_eq!(two(&["203.0.113.9, 192.0.2.1, 10.0.0.2"]), address("192.0.2.1"));
    assert_eq!(two(&["203.0.113.9", "192.0.2.1", "10.0.0.2"]), address("192.0.2.1"));
    assert_eq!(two(&["x, 10.0.0.2"]), Err(Unknown::Unreadable));
    assert_eq!(two(&["192.0.2.1"]), Err(Unknown::TooFew));
    assert_eq!(two(&[]), Err(Unknown::TooFew));
}

#[test]
fn forwarded_is_read_as_its_rfc_says() {
    let find = |value: &str| find(&Source::Forwarded, &proxies(), "10.0.0.1", &[value]);
    for (value, expected) in [
        ("for=192.0.2.1", "192.0.2.1"),
        ("For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("for=192.0.2.1;proto=http;by=203.0.113.43", "192.0.2.1"),
        ("proto=https; FOR=192.0.2.1", "192.0.2.1"),
        ("for=203.0.113.9, for=192.0.2.1, for=10.0.0.2", "192.0.2.1"),
        ("for=\"192.0.2.1:80\"", "192.0.2.1"),
        ("for=192.0.2.1;host=\"a,b;c\"", "192.0.2.1"),
        ("for=192.0.2.1;host=\"a\\\"b\"", "192.0.2.1"),
        ("for=\"1\\92.0.2.1\"", "192.0.2.1"),
    ] {
        assert_eq!(find(value), address(expected), "{value}");
    }
    for value in [
        "for=unknown",
        "for=_hidden",
        "proto=http",
        "for=192.0.2.1;for=192.0.2.2",
        "for=\"192.0.2.1",
        "for",
        "192.0.2.1",
    ] {
        assert_eq!(find(value), Err(Unknown::Unreadable), "{value}");
    }
}

#[test]
fn a_header_with_one_address_has_one_value() {
    let source = Source::Single(http::HeaderName::from_static("x-real-ip"));
    let find = |values: &[&str]| find(&source, &proxies(), "10.0.0.1", values);
    assert_eq!(find(&["192.0.2.1"]), address("192.0.2.1"));
    assert_eq!(find(&[]), address("10.0.0.1"));
    assert_eq!(find(&["192.0.2.1", "192.0.2.1"]), Err(Unknown::Unreadable));
    assert_eq!(find(&["192.0.2.1, 10.0.0.2"]), Err(Unknown::Unreadable));
}

#[test]
fn a_network_is_written_in_full() {
    for text in ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1", "::ffff:192.0.2.1"] {
        assert!(TrustedProxies::networks([text]).is_ok(), "{text}");
    }
    for text in ["", "10.0.0.0/33", "10/8", "localhost", "10.0.0.0/8 "] {
        assert!(TrustedProxies::networks([text]).is_err(), "{text}");
    }
}
