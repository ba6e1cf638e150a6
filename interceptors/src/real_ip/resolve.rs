//! The address of a client, found in what the proxies have written.

use std::net::IpAddr;

use super::hop::Hop;
use super::trusted::{TrustedProxies, Which};

/// The reason for which the address of a client is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// A trusted proxy has written something else than an address.
    Unreadable,
    /// The header has fewer addresses than there are proxies.
    TooFew,
    /// The connection has no address, and nobody has written one.
    NoAddress,
}

/// Finds the address of the client. `peer` is that of the connection, and `hops` are in the order in which they were written.
pub(super) fn resolve(
    proxies: &TrustedProxies,
    peer: Option<IpAddr>,
    hops: &[Hop],
) -> Result<IpAddr, Unknown> {
    if !proxies.is_peer_trusted(peer) {
        return peer.ok_or(Unknown::NoAddress);
    }
    match proxies.which {
        Which::Networks(_) => first_untrusted(proxies, peer, hops),
        // The nearest proxy has written the last address.
        Which::Count(count) => match hops.iter().nth_back(count - 1) {
            Some(hop) => hop.ok_or(Unknown::Unreadable),
            None => Err(Unknown::TooFew),
        },
    }
}

/// Goes from the connection towards the client, for as long as the address before is that of a trusted proxy. Whoever wrote
/// the addresses behind it is not trusted, so they are never looked at.
fn first_untrusted(proxies: &TrustedProxies, peer: Option<IpAddr>, hops: &[Hop]) -> Result<IpAddr, Unknown> {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let addr = hop.ok_or(Unknown::Unreadable)?;
        nearest = Some(addr);
        if !proxies.contains(addr) {
            break;
        }
    }
    nearest.ok_or(Unknown::NoAddress)
}
