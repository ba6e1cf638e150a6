use std::net::SocketAddr;

use tonic::Status;

use crate::{Call, FromCall};

/// The address of the peer, over TCP or TLS: see [`Call::remote_addr`].
///
/// Other transports have none: the call fails with INTERNAL. Take `Option<RemoteAddr>` on a
/// server that may use them.
///
/// ```
/// use vestibule::extract::RemoteAddr;
///
/// fn is_local(RemoteAddr(peer): RemoteAddr) -> bool {
///     peer.ip().is_loopback()
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RemoteAddr(pub SocketAddr);

impl FromCall<'_> for RemoteAddr {
    fn from_call(call: &Call) -> Result<Self, Status> {
        call.extract::<Option<Self>>()?.ok_or_else(|| {
            tracing::error!(target: "vestibule", method = call.method().path(), "the peer's address is not known");
            Status::internal("the peer's address is not known")
        })
    }
}

impl FromCall<'_> for Option<RemoteAddr> {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(call.remote_addr().map(RemoteAddr))
    }
}
