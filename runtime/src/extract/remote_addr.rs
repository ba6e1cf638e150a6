use std::net::SocketAddr;

use tonic::Status;

use crate::{Call, FromCall};

/// The address of the peer, over TCP with or without TLS: see [`Call::remote_addr`].
///
/// If the transport has no address, the call fails with INTERNAL. On a server with such a transport, take
/// `Option<RemoteAddr>`.
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
        Self::optional_from_call(call)?.ok_or_else(|| {
            tracing::error!(target: "vestibule", method = &*call.method().logged_path(), "the peer's address is not known");
            Status::internal("the peer's address is not known")
        })
    }

    fn optional_from_call(call: &Call) -> Result<Option<Self>, Status> {
        Ok(call.remote_addr().map(RemoteAddr))
    }
}
