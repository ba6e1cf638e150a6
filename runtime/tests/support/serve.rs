//! Servers over real TCP.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// The paths of the methods of `Greeter`, one of each shape.
pub(crate) const PATHS: [&str; 4] = [
    "/pb.Greeter/SayHello",
    "/pb.Greeter/LotsOfReplies",
    "/pb.Greeter/LotsOfGreetings",
    "/pb.Greeter/BidiHello",
];

/// Waits for a future that must end, however slow the machine is. The test fails after a minute, instead of hanging.
pub(crate) async fn surely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it ends within a minute")
}

/// Serves a service on a free port until the test ends, and returns its address.
pub(crate) async fn serve<S>(service: S) -> SocketAddr
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    serve_by(Server::builder(), service).await
}

/// Does the same by a server with settings of its own.
pub(crate) async fn serve_by<S>(mut server: Server, service: S) -> SocketAddr
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("a bound listener");
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tokio::spawn(server.add_service(service).serve_with_incoming(incoming));
    addr
}
