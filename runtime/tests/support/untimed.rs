//! A client of `Greeter` that leaves deadlines to the server.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use proto::hello::greeter_client::GreeterClient;
use tokio::net::TcpStream;
use tonic::body::Body;
use tower_service::Service;

/// A connection without the timer of tonic's `Channel`, which ends a call before a slow server can.
#[derive(Clone)]
pub(crate) struct Untimed(SendRequest<Body>);

impl Service<http::Request<Body>> for Untimed {
    type Response = http::Response<Body>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let response = self.0.send_request(request);
        Box::pin(async { Ok(response.await?.map(Body::new)) })
    }
}

pub(crate) async fn connect_untimed(addr: SocketAddr) -> GreeterClient<Untimed> {
    let stream = TcpStream::connect(addr).await.expect("the server accepts");
    stream.set_nodelay(true).expect("it is TCP");
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    poll_fn(|cx| sender.poll_ready(cx)).await.expect("the connection is open");
    let origin = format!("http://{addr}").parse().expect("a URI");
    GreeterClient::with_origin(Untimed(sender), origin)
}
