//! A plain service in the server that tonic generates.

use proto::probe::probe_server::ProbeServer;
use tokio::net::TcpListener;

use super::bare::Bare;
use super::serve_routed;

pub(super) async fn serve(listener: TcpListener) {
    serve_routed(ProbeServer::new(Bare), listener).await;
}
