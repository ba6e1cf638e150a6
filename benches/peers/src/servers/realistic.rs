//! The realistic five: a log, an authentication, a role, a limit of calls in flight, and a validation of the message. The
//! services are those of the other bench.

#[path = "../../../src/realistic/annotated.rs"]
mod annotated;
#[path = "../../../src/realistic/tower_layers.rs"]
mod layers;
#[path = "../../../src/realistic/work.rs"]
mod work;

use ::vestibule::Mount;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;

use super::{incoming, serve_routed};

pub(super) async fn mount(listener: TcpListener) {
    serve_routed(Mount::new(annotated::Annotated(work::slots())), listener).await;
}

/// Serves the service in a mount that stands in front of tonic's router.
pub(super) async fn mount_before_router(listener: TcpListener) {
    let service =
        Mount::new(annotated::Annotated(work::slots())).fallback_service(Routes::default().prepare());
    let server = Server::builder().serve_with_incoming(service, incoming(listener));
    server.await.expect("the server runs");
}

pub(super) async fn tower_layers(listener: TcpListener) {
    serve_routed(layers::layered(), listener).await;
}
