//! A mount in front of tonic's router, and a mount without a router.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tower::util::MapRequestLayer;
use vestibule::{Mount, Status, interceptor};

use crate::support::traceable::Traceable;
use crate::support::{connect, connect_greeter, hello, raw};

struct Echo;

#[interceptor]
impl Probe for Echo {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// Serves a service without tonic's router, behind a layer that counts calls.
async fn serve<S>(service: S) -> (SocketAddr, Arc<AtomicUsize>)
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let count = MapRequestLayer::new(move |request: http::Request<Body>| {
        counted.fetch_add(1, Ordering::Relaxed);
        request
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let server = Server::builder().layer(count);
    tokio::spawn(server.serve_with_incoming(service, TcpIncoming::from(listener)));
    (addr, calls)
}

#[tokio::test]
async fn a_mount_needs_no_router() {
    let (addr, calls) = serve(Mount::new(Traceable::default())).await;
    let mut greeter = connect_greeter(addr).await;
    assert_eq!(greeter.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    let unknown = raw::reply(addr, raw::request("/no.Service/Method").body(Body::empty()).unwrap()).await;
    assert_eq!(unknown.get("grpc-status"), Some("12"));
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_mount_in_front_of_a_router_serves_its_own_calls_alone() {
    let router = Routes::new(Mount::new(Echo)).prepare();
    let (addr, calls) = serve(Mount::new(Traceable::default()).fallback_service(router)).await;
    let mut greeter = connect_greeter(addr).await;
    assert_eq!(greeter.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    let mut probe = connect(addr).await;
    let pong = probe.echo(Ping { text: "b".to_owned() }).await.unwrap().into_inner();
    assert_eq!(pong.text, "b");
    // The layer of the server sees the calls of both.
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    for path in ["/pb.Greeter/NoMethod", "/pb.Greeter/", "/pb.Greeters/SayHello", "/no.Service/Method"] {
        let unknown = raw::reply(addr, raw::request(path).body(Body::empty()).unwrap()).await;
        assert_eq!((path, unknown.get("grpc-status")), (path, Some("12")));
    }
}
