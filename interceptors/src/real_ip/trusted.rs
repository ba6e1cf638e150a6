//! The proxies in front of a server.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use vestibule::Call;

/// The proxies whose headers a server believes.
///
/// ```
/// use vestibule_interceptors::TrustedProxies;
///
/// # fn main() -> Result<(), vestibule_interceptors::InvalidNetwork> {
/// let in_networks = TrustedProxies::networks(["10.0.0.0/8", "fd00::/8"])?;
/// let exactly_two = TrustedProxies::count(2);
/// # Ok(())
/// # }
/// ```
///
/// Name the networks if you know them. A number of proxies is right only if no client can reach the server past them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies {
    pub(super) which: Which,
    trusts_unix_sockets: bool,
}

/// How the proxies are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Networks(Box<[IpNet]>),
    Count(usize),
}

impl TrustedProxies {
    /// Trusts the proxies in these networks. A network is written as `10.0.0.0/8`, and a single address without a `/`. The
    /// example of [`TrustedProxies`] calls it.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first text that is neither a network nor an address.
    pub fn networks<'a>(networks: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidNetwork> {
        let networks = networks.into_iter().map(network).collect::<Result<_, _>>()?;
        Ok(Self { which: Which::Networks(networks), trusts_unix_sockets: false })
    }

    /// Trusts this number of proxies, wherever they are. Each of them adds an address to the header, so the address of the
    /// client is the one with this number, counted from the right. The example of [`TrustedProxies`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if the number is zero.
    #[must_use]
    pub const fn count(proxies: usize) -> Self {
        assert!(proxies > 0, "without a proxy, the address of the connection is that of the client");
        Self { which: Which::Count(proxies), trusts_unix_sockets: true }
    }

    /// Also trusts the proxies that connect over a Unix socket, which has no address. Without it, only
    /// [`count`](Self::count) trusts them.
    ///
    /// ```
    /// # fn main() -> Result<(), vestibule_interceptors::InvalidNetwork> {
    /// let proxies = vestibule_interceptors::TrustedProxies::networks([])?.unix_sockets();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn unix_sockets(self) -> Self {
        Self { trusts_unix_sockets: true, ..self }
    }

    /// Returns true if the call has come from a trusted proxy. With [`count`](Self::count), all have.
    ///
    /// Other interceptors ask it as well:
    ///
    /// ```
    /// use vestibule_interceptors::{SetRequestId, TrustedProxies};
    ///
    /// # fn main() -> Result<(), vestibule_interceptors::InvalidNetwork> {
    /// let proxies = TrustedProxies::networks(["10.0.0.0/8"])?;
    /// let set_request_id = SetRequestId::new().trust(move |call| proxies.sent(call));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn sent(&self, call: &Call) -> bool {
        self.is_peer_trusted(call.remote_addr().map(|addr| addr.ip().to_canonical()))
    }

    /// Returns true if the peer of a connection is trusted. A Unix socket has no address.
    pub(super) fn is_peer_trusted(&self, peer: Option<IpAddr>) -> bool {
        match (&self.which, peer) {
            (Which::Count(_), _) => true,
            (Which::Networks(_), Some(peer)) => self.contains(peer),
            (Which::Networks(_), None) => self.trusts_unix_sockets,
        }
    }

    /// Returns the number of the proxies, if they are known by it.
    #[cfg(feature = "peer-identity")]
    pub(crate) fn counted(&self) -> Option<usize> {
        match self.which {
            Which::Networks(_) => None,
            Which::Count(proxies) => Some(proxies),
        }
    }

    /// Returns true if an address is in one of the networks.
    pub(super) fn contains(&self, addr: IpAddr) -> bool {
        match &self.which {
            Which::Networks(networks) => networks.iter().any(|network| network.contains(&addr)),
            Which::Count(_) => false,
        }
    }
}

/// Parses a network or an address. An address of IPv4 that is written as one of IPv6 is one of IPv4.
fn network(text: &str) -> Result<IpNet, InvalidNetwork> {
    if let Ok(addr) = text.parse::<IpAddr>() {
        return Ok(addr.to_canonical().into());
    }
    let network = text.parse().map_err(|_| InvalidNetwork(text.to_owned()))?;
    Ok(match network {
        IpNet::V6(mapped) if mapped.prefix_len() >= 96 => match mapped.addr().to_ipv4_mapped() {
            Some(addr) => IpNet::new_assert(addr.into(), mapped.prefix_len() - 96),
            None => network,
        },
        _ => network,
    })
}

/// The error of a text that is no network.
///
/// ```
/// use vestibule_interceptors::TrustedProxies;
///
/// let error = TrustedProxies::networks(["10.0.0.0/33"]).unwrap_err();
/// assert_eq!(error.to_string(), "`10.0.0.0/33` is not a network such as `10.0.0.0/8`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidNetwork(String);

impl fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a network such as `10.0.0.0/8`", self.0)
    }
}

impl Error for InvalidNetwork {}
