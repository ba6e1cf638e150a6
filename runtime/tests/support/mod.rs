//! A server and a client over real TCP.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test file uses a part of it")]

pub(crate) mod log;
pub(crate) mod raw;
pub(crate) mod traceable;
pub(crate) mod tracer;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_client::ProbeClient;
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http;
use tonic::server::NamedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status, Streaming};

/// The methods of `Greeter`, one of each shape.
pub(crate) const PATHS: [&str; 4] = [
    "/pb.Greeter/SayHello",
    "/pb.Greeter/LotsOfReplies",
    "/pb.Greeter/LotsOfGreetings",
    "/pb.Greeter/BidiHello",
];

/// Waits for what must come, however slow the machine: that it never does is a failure, and no test that hangs.
pub(crate) async fn surely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it comes")
}

/// Serves on a free port until the test ends.
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

/// Serves an annotated service: as tonic does; once more behind a mount, where `mounted.rs` is what runs; and
/// behind a layer, where `layered.rs` is.
macro_rules! served {
    ($server:ident::new($service:expr)) => {
        if module_path!().starts_with("mounted::") {
            support::serve(vestibule::Mount::new($service)).await
        } else if module_path!().starts_with("layered::") {
            let layer = vestibule::layer(());
            support::serve(tower_layer::Layer::layer(&layer, $server::new($service))).await
        } else {
            support::serve($server::new($service)).await
        }
    };
}

pub(crate) use served;

/// Serves by a server that is built otherwise.
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

pub(crate) async fn connect_greeter(addr: SocketAddr) -> GreeterClient<Channel> {
    GreeterClient::connect(format!("http://{addr}")).await.expect("the server accepts")
}

pub(crate) fn hello(name: &str) -> HelloRequest {
    HelloRequest { name: name.to_owned() }
}

/// The replies of a stream, and how it ended.
pub(crate) async fn replies(
    stream: Result<Response<Streaming<HelloResponse>>, Status>,
) -> (Vec<String>, Result<(), (Code, String)>) {
    let mut replies = Vec::new();
    let told = |status: Status| (status.code(), status.message().to_owned());
    let mut stream = match stream {
        Ok(response) => response.into_inner(),
        Err(status) => return (replies, Err(told(status))),
    };
    loop {
        match stream.message().await {
            Ok(Some(reply)) => replies.push(reply.reply),
            Ok(None) => return (replies, Ok(())),
            Err(status) => return (replies, Err(told(status))),
        }
    }
}

pub(crate) async fn connect(addr: SocketAddr) -> ProbeClient<Channel> {
    ProbeClient::connect(format!("http://{addr}")).await.expect("the server accepts")
}

/// A request with metadata: text as it is, `-bin` as the base64 it is given in.
pub(crate) fn ping(metadata: &[(&'static str, &str)]) -> Request<Ping> {
    let mut request = Request::new(Ping { text: "ping".to_owned() });
    for (key, value) in metadata {
        request.metadata_mut().as_mut().append(*key, value.parse().expect("a header value"));
    }
    request
}

pub(crate) fn pong(text: impl Into<String>) -> Pong {
    Pong { text: text.into() }
}

/// The text of a reply, or the code and message of the status.
pub(crate) fn answer(result: Result<Response<Pong>, Status>) -> Result<String, (Code, String)> {
    result.map(|reply| reply.into_inner().text).map_err(|status| (status.code(), status.message().to_owned()))
}
