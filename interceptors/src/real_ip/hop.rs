//! One address of a header.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

/// An address that a proxy has written, or `None` if it can't be read.
pub(super) type Hop = Option<IpAddr>;

/// Reads an address: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`. A zone, as in
/// `fe80::1%eth0`, means something to the proxy alone, and is left out.
pub(super) fn address(text: &str) -> Hop {
    let text = match text.split_once('%') {
        Some((addr, zone)) => Cow::Owned(addr.to_owned() + zone.find(']').map_or("", |end| &zone[end..])),
        None => Cow::Borrowed(text),
    };
    let in_brackets = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let addr = match (in_brackets, text.parse::<SocketAddr>()) {
        (Some(inside), _) => IpAddr::V6(inside.parse().ok()?),
        (None, Ok(addr)) => addr.ip(),
        (None, Err(_)) => text.parse().ok()?,
    };
    Some(addr.to_canonical())
}
