use std::net::SocketAddr;

use tonic::Status;

use crate::{Call, FromCall};

/// The address at which the server received the call, over TCP with or without TLS: see [`Call::local_addr`].
///
/// If the transport has no address, the call fails with INTERNAL. On a server with such a transport, take
/// `Option<LocalAddr>`.
///
/// ```
/// use vestibule::extract::LocalAddr;
///
/// fn is_for_operators(LocalAddr(addr): LocalAddr) -> bool {
///     addr.port() == 9090
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalAddr(pub SocketAddr);

impl FromCall<'_> for LocalAddr {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Self::optional_from_call(call)?.ok_or_else(|| {
            tracing::error!(target: "vestibule", method = &*call.method().logged_path(), "the server's address is not known");
            Status::internal("the server's address is not known")
        })
    }

    fn optional_from_call(call: &Call) -> Result<Option<Self>, Status> {
        Ok(call.local_addr().map(LocalAddr))
    }
}
