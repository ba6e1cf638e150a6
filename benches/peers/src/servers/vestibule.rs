//! Five interceptors of vestibule that do nothing, in each place where they can stand.

use ::vestibule::{Mount, Status, interceptor};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;
use tower_layer::Layer;

use super::bare::Bare;
use super::{incoming, serve_routed};

/// Serves the annotated service in the server that tonic generates.
pub(super) async fn generated(listener: TcpListener) {
    serve_routed(ProbeServer::new(Five), listener).await;
}

/// Serves the annotated service in a mount behind tonic's router.
pub(super) async fn mount(listener: TcpListener) {
    serve_routed(Mount::new(Five), listener).await;
}

/// Serves the annotated service in a mount that stands in front of tonic's router.
pub(super) async fn mount_before_router(listener: TcpListener) {
    let service = Mount::new(Five).fallback_service(Routes::default().prepare());
    let server = Server::builder().serve_with_incoming(service, incoming(listener));
    server.await.expect("the server runs");
}

/// Serves the plain service behind a layer.
pub(super) async fn layer(listener: TcpListener) {
    let layer = ::vestibule::layer((before(), before(), before(), before(), before()));
    serve_routed(layer.layer(ProbeServer::new(Bare)), listener).await;
}

#[interceptor]
async fn before() -> Result<(), Status> {
    Ok(())
}

#[derive(Clone, Copy)]
struct Five;

#[interceptor(e1 = before(), e2 = before(), e3 = before(), e4 = before(), e5 = before())]
impl Probe for Five {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}
