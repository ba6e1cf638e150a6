//! Servers whose calls stay open, for the bytes that an open call holds. Each has the service of `hello.proto`, because it has
//! a response stream.

mod annotated;
mod plain;

use ::vestibule::{Mount, interceptor};
use proto::hello::greeter_server::GreeterServer;
use tokio::runtime::Runtime;
use tonic::Status;
use tonic::transport::Server;
use tonic::transport::server::Router;
use tower_layer::Layer;

use annotated::Annotated;
use plain::Plain;

use crate::process::{listener, runtime};
use crate::servers::{Serving, TONIC_ALONE, incoming};

/// The servers, with the names that they have in the other table.
pub(crate) const NAMES: [&str; 4] =
    [TONIC_ALONE, "vestibule, generated server", "vestibule, `Mount`", "vestibule, `layer`"];

/// The number of calls that are open at the same time.
pub(crate) const CALLS: u32 = 2000;

/// Starts the server of this name: it prints its address, and serves when the runtime polls it.
///
/// # Panics
///
/// No server has this name.
#[must_use]
pub fn start(name: &str) -> (Runtime, Serving) {
    let (runtime, router) = (runtime(), router(name));
    let listener = runtime.block_on(listener());
    let server = async { router.serve_with_incoming(incoming(listener)).await.expect("the server runs") };
    (runtime, Box::pin(server))
}

fn router(name: &str) -> Router {
    // One call more asks if all others have arrived.
    let mut server = Server::builder().max_concurrent_streams(CALLS + 1);
    match name {
        TONIC_ALONE => server.add_service(GreeterServer::new(Plain)),
        "vestibule, generated server" => server.add_service(GreeterServer::new(Annotated)),
        "vestibule, `Mount`" => server.add_service(Mount::new(Annotated)),
        "vestibule, `layer`" => {
            let layer = ::vestibule::layer((before(), before(), before(), before(), before()));
            server.add_service(layer.layer(GreeterServer::new(Plain)))
        }
        _ => panic!("no server is named {name}"),
    }
}

#[interceptor]
async fn before() -> Result<(), Status> {
    Ok(())
}
