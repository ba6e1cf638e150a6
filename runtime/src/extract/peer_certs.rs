use std::sync::Arc;

use tonic::Status;
use tonic::transport::CertificateDer;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};

use crate::{Call, FromCall};

/// The certificates that the client has presented, its own first. This needs the feature `tls`.
///
/// tonic's server has verified the chain if it has a `client_ca_root`. If the client has presented no certificate, the
/// call fails with UNAUTHENTICATED. On a server with `client_auth_optional`, take `Option<PeerCerts>`.
///
/// ```
/// use vestibule::extract::PeerCerts;
///
/// /// Compares the encoded certificate. To read the names in it, give it to a parser of X.509.
/// fn is_pinned(PeerCerts(certs): PeerCerts, pinned: &[u8]) -> bool {
///     certs.first().is_some_and(|own| own.as_ref() == pinned)
/// }
/// ```
///
/// The certificates are those of a connection over TCP, or over a Unix socket. For a transport of your own, take
/// `Extension<TlsConnectInfo<YourConnectInfo>>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCerts(pub Arc<Vec<CertificateDer<'static>>>);

impl FromCall<'_> for PeerCerts {
    fn from_call(call: &Call) -> Result<Self, Status> {
        let certs = Self::optional_from_call(call)?;
        certs.ok_or_else(|| Status::unauthenticated("the client has presented no certificate"))
    }

    fn optional_from_call(call: &Call) -> Result<Option<Self>, Status> {
        let extensions = call.extensions();
        let certs = extensions.get::<TlsConnectInfo<TcpConnectInfo>>().and_then(TlsConnectInfo::peer_certs);
        #[cfg(unix)]
        let certs = certs.or_else(|| {
            extensions
                .get::<TlsConnectInfo<tonic::transport::server::UdsConnectInfo>>()
                .and_then(TlsConnectInfo::peer_certs)
        });
        Ok(certs.filter(|certs| !certs.is_empty()).map(PeerCerts))
    }
}
