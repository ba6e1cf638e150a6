use tokio::net::unix::UCred;
use tonic::Status;
use tonic::transport::server::UdsConnectInfo;

use super::connect_info::connect_info;
use crate::{Call, FromCall};

/// The user, the group and the process at the other end of a Unix socket, as the kernel knows them.
///
/// A call over another transport fails with UNAUTHENTICATED. If a server has several transports, take
/// `Option<PeerCred>`.
///
/// ```
/// use vestibule::extract::PeerCred;
///
/// fn is_root(PeerCred(peer): PeerCred) -> bool {
///     peer.uid() == 0
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerCred(pub UCred);

impl FromCall<'_> for PeerCred {
    fn from_call(call: &Call) -> Result<Self, Status> {
        let peer = Self::optional_from_call(call)?;
        peer.ok_or_else(|| Status::unauthenticated("the connection has no peer credentials"))
    }

    fn optional_from_call(call: &Call) -> Result<Option<Self>, Status> {
        Ok(connect_info::<UdsConnectInfo>(call).and_then(|info| info.peer_cred).map(PeerCred))
    }
}
