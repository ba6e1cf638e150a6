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

use super::serve_routed;

pub(super) async fn mount(listener: TcpListener) {
    serve_routed(Mount::new(annotated::Annotated(work::slots())), listener).await;
}

pub(super) async fn tower_layers(listener: TcpListener) {
    serve_routed(layers::layered(), listener).await;
}
