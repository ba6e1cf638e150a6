mod forwarded;
mod header;
mod hop;
mod resolve;
mod trusted;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use http::HeaderName;
use tonic::Status;
use vestibule::{Call, Interceptor, interceptor};

pub use trusted::{InvalidNetwork, TrustedProxies};

use crate::metadata_key::check_text;
use crate::text::cut_path;
use header::Source;
use resolve::{Unknown, resolve};

/// Finds the address of the client behind proxies, in the header that they write.
///
/// It provides an [`IpAddr`], which later entries and handlers take by its name:
///
/// ```
/// use std::net::IpAddr;
/// use vestibule_interceptors::{RealIp, TrustedProxies};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
///
/// struct Calculator {
///     real_ip: RealIp,
/// }
///
/// #[interceptor(ip = &self.real_ip)]
/// impl Calculatrice for Calculator {
///     async fn addition(&self, request: AdditionRequest, ip: &IpAddr) -> Result<AdditionResponse, Status> {
///         println!("a call from {ip}");
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// # fn main() -> Result<(), vestibule_interceptors::InvalidNetwork> {
/// let proxies = TrustedProxies::networks(["10.0.0.0/8"])?;
/// let calculator = Calculator { real_ip: RealIp::x_forwarded_for(proxies) };
/// # Ok(())
/// # }
/// ```
///
/// A client writes whatever it likes into a header. So the addresses count from the right, where the nearest proxy has written,
/// and only as far as the proxies are trusted. The header is one that you name, because a proxy passes on all others as they
/// came.
///
/// # Which address it is
///
/// `10.0.0.0/8` is trusted, and the header is `x-forwarded-for`:
///
/// | the connection is from | the header says | the address is |
/// | --- | --- | --- |
/// | 192.0.2.1 | anything | 192.0.2.1: a peer that is not trusted is the client |
/// | 10.0.0.1 | nothing | 10.0.0.1: a proxy that calls for itself, as for a health check |
/// | 10.0.0.1 | 192.0.2.1 | 192.0.2.1 |
/// | 10.0.0.1 | 203.0.113.9, 192.0.2.1 | 192.0.2.1: the client may have written the first one |
/// | 10.0.0.1 | 192.0.2.1, 10.0.0.2 | 192.0.2.1: 10.0.0.2 is a second proxy |
/// | 10.0.0.1 | 10.0.0.3, 10.0.0.2 | 10.0.0.3: a client inside of the network |
/// | 10.0.0.1 | 192.0.2.1 in one header, 10.0.0.2 in a second one | 192.0.2.1: several headers are one list |
/// | 10.0.0.1 | x, 192.0.2.1 | 192.0.2.1: the proxy has written only the last one |
/// | 10.0.0.1 | 192.0.2.1, x | the call ends with `INVALID_ARGUMENT` |
/// | 10.0.0.1 | 192.0.2.1:4711, or `[2001:db8::1]:4711` | the same without the port |
/// | 10.0.0.1 | `fe80::1%eth0` | `fe80::1`: a zone means something to the proxy alone |
/// | 10.0.0.1, or `::ffff:10.0.0.1` | `::ffff:192.0.2.1` | 192.0.2.1: an address of IPv4 is one of IPv4 |
/// | a Unix socket | anything | the call ends with INTERNAL, unless [`unix_sockets`](TrustedProxies::unix_sockets) are trusted |
/// | a Unix socket that is trusted | 192.0.2.1 | 192.0.2.1 |
/// | a Unix socket that is trusted | nothing | the call ends with INTERNAL, because there is no address |
///
/// With [`TrustedProxies::count(2)`](TrustedProxies::count):
///
/// | the header says | the address is |
/// | --- | --- |
/// | 192.0.2.1, 10.0.0.2 | 192.0.2.1: the second one, from the right |
/// | 203.0.113.9, 192.0.2.1, 10.0.0.2 | 192.0.2.1 |
/// | 192.0.2.1, or nothing | the call ends with `INVALID_ARGUMENT`, because it has passed fewer proxies |
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the address of the connection, and the header that you name |
/// | writes | nothing |
/// | logs | WARN `the address of the client is not known`, with `method` and `header` |
/// | counts | nothing |
///
/// It belongs to the phase [`Edge`](vestibule::phase::Edge).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealIp {
    source: Source,
    proxies: TrustedProxies,
}

impl RealIp {
    /// Reads `x-forwarded-for`, to which each proxy appends the address from which it was called. The example of [`RealIp`]
    /// calls it.
    #[must_use]
    pub const fn x_forwarded_for(proxies: TrustedProxies) -> Self {
        Self { source: Source::ForwardedFor, proxies }
    }

    /// Reads `forwarded`, the header of [RFC 7239], to which each proxy appends `for=` and the address from which it was
    /// called.
    ///
    /// A name in place of an address, such as `unknown` or `_hidden`, can't be read.
    ///
    /// ```
    /// use vestibule_interceptors::{RealIp, TrustedProxies};
    ///
    /// let real_ip = RealIp::forwarded(TrustedProxies::count(1));
    /// ```
    ///
    /// [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239
    #[must_use]
    pub const fn forwarded(proxies: TrustedProxies) -> Self {
        Self { source: Source::Forwarded, proxies }
    }

    /// Reads a header with one address, such as `x-real-ip` of nginx or `cf-connecting-ip` of Cloudflare. Two values can't be
    /// read, because nobody knows which one the proxy has written.
    ///
    /// ```
    /// use vestibule_interceptors::{RealIp, TrustedProxies};
    ///
    /// # fn main() -> Result<(), vestibule_interceptors::InvalidNetwork> {
    /// let real_ip = RealIp::header("x-real-ip", TrustedProxies::networks(["127.0.0.1"])?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the name is not one of text metadata in lower case, or belongs to gRPC.
    #[must_use]
    pub fn header(name: &'static str, proxies: TrustedProxies) -> Self {
        check_text(name);
        Self { source: Source::Single(HeaderName::from_static(name)), proxies }
    }

    fn resolve(&self, call: &Call) -> Result<IpAddr, Status> {
        let peer = call.remote_addr().map(|addr| addr.ip().to_canonical());
        // A peer that is not trusted chooses the length of its header, so it is not read.
        let hops = match self.proxies.is_peer_trusted(peer) {
            true => self.source.hops(call.metadata().as_ref()),
            false => Vec::new(),
        };
        resolve(&self.proxies, peer, &hops).map_err(|unknown| self.refuse(call, unknown))
    }

    #[cold]
    fn refuse(&self, call: &Call, unknown: Unknown) -> Status {
        let (method, header) = (&*cut_path(call.method().path()), self.source.name());
        tracing::warn!(target: "vestibule", method, header, "the address of the client is not known");
        match unknown {
            Unknown::Unreadable => {
                Status::invalid_argument(format!("no address can be read from `{header}`"))
            }
            Unknown::TooFew => {
                Status::invalid_argument(format!("`{header}` has fewer addresses than proxies"))
            }
            Unknown::NoAddress => Status::internal("the address of the client is not known"),
        }
    }
}

#[interceptor(phase = Edge)]
impl Interceptor for RealIp {
    type Provides = IpAddr;
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<(IpAddr, ()), Status> {
        Ok((self.resolve(call)?, ()))
    }
}
