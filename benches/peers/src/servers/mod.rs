//! The servers. Each listens on one socket, in a process with one thread.

mod by_hand;
mod connect;
mod metered;
mod observed;
mod realistic;
mod tonic_alone;
mod tonic_interceptors;
mod tower_layers;
mod vestibule;

#[path = "../../../src/bare.rs"]
mod bare;

use std::convert::Infallible;
use std::pin::Pin;

use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::NamedService;
use tonic::transport::server::TcpIncoming;

use Kind::{Floor, Ours, Peer};

/// The author of what stands in front of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// vestibule.
    Ours,
    /// Another library, or a user of tonic.
    Peer,
    /// Nobody: the server has the lowest possible cost, because it can do nothing else.
    Floor,
}

pub(crate) type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A server that can be measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    serve: fn(TcpListener) -> Serving,
}

impl Server {
    const fn new(kind: Kind, name: &'static str, serve: fn(TcpListener) -> Serving) -> Self {
        Self { name, kind, serve }
    }

    /// Serves all connections of a socket. The future does not end.
    pub(crate) fn serve(&self, listener: TcpListener) -> Serving {
        (self.serve)(listener)
    }
}

/// The server that all others are compared with.
pub(crate) const TONIC_ALONE: &str = "tonic alone";

/// The same server once more. Its difference to the first is the noise of the table.
pub(crate) const SECOND_COPY: &str = "tonic alone, second copy";

/// All servers, in the order of the table.
pub(crate) const SERVERS: [Server; 22] = [
    Server::new(Peer, TONIC_ALONE, |listener| Box::pin(tonic_alone::serve(listener))),
    Server::new(Peer, SECOND_COPY, |listener| Box::pin(tonic_alone::serve(listener))),
    Server::new(Peer, "tonic, five `Interceptor`s", |listener| Box::pin(tonic_interceptors::serve(listener))),
    Server::new(Peer, "tonic, five tower layers", |listener| Box::pin(tower_layers::serve(listener))),
    Server::new(Peer, "connectrpc", |listener| Box::pin(connect::bare(listener))),
    Server::new(Peer, "connectrpc, five interceptors", |listener| Box::pin(connect::five(listener))),
    Server::new(Ours, "vestibule, generated server", |listener| Box::pin(vestibule::generated(listener))),
    Server::new(Ours, "vestibule, `Mount`", |listener| Box::pin(vestibule::mount(listener))),
    Server::new(Ours, "vestibule, `Mount` before the router", |listener| {
        Box::pin(vestibule::mount_before_router(listener))
    }),
    Server::new(Ours, "vestibule, `layer`", |listener| Box::pin(vestibule::layer(listener))),
    Server::new(Ours, "vestibule, `Mount`, realistic five", |listener| Box::pin(realistic::mount(listener))),
    Server::new(Ours, "vestibule, realistic, before the router", |listener| {
        Box::pin(realistic::mount_before_router(listener))
    }),
    Server::new(Peer, "tower layers, realistic five", |listener| Box::pin(realistic::tower_layers(listener))),
    Server::new(Ours, "vestibule, `Mount`, `Metrics`", |listener| Box::pin(metered::metrics(listener))),
    Server::new(Peer, "tower-otel, metrics", |listener| Box::pin(metered::tower_otel(listener))),
    Server::new(Ours, "vestibule, `Mount`, `Prometheus`", |listener| Box::pin(metered::prometheus(listener))),
    Server::new(Peer, "tonic_prometheus_layer", |listener| {
        Box::pin(metered::tonic_prometheus_layer(listener))
    }),
    Server::new(Ours, "vestibule, `Mount`, observed", |listener| Box::pin(observed::mount(listener))),
    Server::new(Peer, "`TraceLayer` at INFO", |listener| Box::pin(observed::trace_layer(listener))),
    Server::new(Peer, "`TraceLayer`, silent", |listener| Box::pin(observed::silent_trace_layer(listener))),
    Server::new(Floor, "by hand behind the router", |listener| Box::pin(by_hand::behind_router(listener))),
    Server::new(Floor, "by hand on hyper alone", |listener| Box::pin(by_hand::on_hyper(listener))),
];

/// Returns the server of this name.
///
/// # Panics
///
/// No server has this name.
pub(crate) fn named(name: &str) -> Server {
    let server = SERVERS.into_iter().find(|server| server.name == name);
    server.unwrap_or_else(|| panic!("no server is named {name}"))
}

/// Returns the connections of a socket, as a server of tonic takes them. connectrpc sets `TCP_NODELAY` as well.
pub(crate) fn incoming(listener: TcpListener) -> TcpIncoming {
    TcpIncoming::from(listener).with_nodelay(Some(true))
}

/// Serves a service behind tonic's router.
async fn serve_routed<S, B>(service: S, listener: TcpListener)
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible, Future: Send + 'static>,
    S: NamedService + Clone + Send + Sync + 'static,
    B: http_body::Body<Data = bytes::Bytes, Error: Into<tonic::codegen::StdError>> + Send + 'static,
{
    let mut server = tonic::transport::Server::builder();
    server.add_service(service).serve_with_incoming(incoming(listener)).await.expect("the server runs");
}
