//! A service as tonic's users write it, without a chain of its own, and servers with a layer in front of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::StreamBody;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::transport::Server;
use tonic::{Request, Response, Streaming};
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Code, Status, layer};

use crate::support::tracer::{Traced, Tracer};
use crate::support::{hello, serve};

/// A service as tonic's users write it. Its first message says what it does.
#[derive(Clone, Default)]
pub(crate) struct Plain {
    pub(crate) tracer: Tracer,
    pub(crate) committed: Arc<AtomicUsize>,
}

pub(crate) type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

#[tonic::async_trait]
impl Greeter for Plain {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        self.tracer.async_event("H").await?;
        let tenant = request.metadata().get("x-tenant").map(|tenant| tenant.to_str().unwrap().to_owned());
        let mut response = Response::new(reply(request.into_inner().name + tenant.as_deref().unwrap_or("")));
        response.metadata_mut().insert("x-of", "service".parse().unwrap());
        Ok(response)
    }

    async fn lots_of_replies(&self, request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        self.tracer.async_event("H").await?;
        let names: Vec<_> = request.get_ref().name.split(' ').map(|name| Ok(reply(name))).collect();
        let rest: Replies = match &*request.get_ref().name {
            "endless" => {
                Box::pin(tokio_stream::iter(std::iter::repeat_with(|| Ok(reply("x".repeat(60_000))))))
            }
            "forever" => Box::pin(tokio_stream::pending()),
            "fail" => Box::pin(tokio_stream::once(Err(Status::data_loss("lost")))),
            "trailers" => {
                let mut end = Status::ok("");
                end.metadata_mut().insert("x-of", "service".parse().unwrap());
                end.metadata_mut().insert("x-total", "1".parse().unwrap());
                Box::pin(tokio_stream::once(Err(end)))
            }
            _ => Box::pin(tokio_stream::empty()),
        };
        Ok(Response::new(Box::pin(tokio_stream::iter(names).chain(rest))))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        self.tracer.async_event("H").await?;
        let mut requests = request.into_inner();
        let mut names = Vec::new();
        while let Some(request) = requests.message().await? {
            names.push(request.name);
        }
        self.committed.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(reply(names.join(" "))))
    }

    async fn bidi_hello(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        self.tracer.async_event("H").await?;
        Ok(Response::new(Box::pin(request.into_inner().map(|request| Ok(reply(request?.name))))))
    }
}

/// Serves it by tonic's generated server, behind a layer that traces.
pub(crate) async fn traced(tracer: &Tracer) -> SocketAddr {
    let service = Plain { tracer: tracer.clone(), ..Plain::default() };
    let chain = (Traced("A", tracer.clone()), Traced("B", tracer.clone()));
    serve(layer(chain).layer(GreeterServer::new(service))).await
}

pub(crate) fn names() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

pub(crate) fn code_and_message(status: &Status) -> (Code, &str) {
    (status.code(), status.message())
}

/// Serves it behind layers that only a whole server can have.
pub(crate) async fn serve_behind<L>(server: Server<L>, service: GreeterServer<Plain>) -> SocketAddr
where
    L: Layer<tonic::service::Routes> + Clone + Send + 'static,
    L::Service:
        Service<http::Request<Body>, Response = http::Response<Body>, Future: Send> + Clone + Send + 'static,
    <L::Service as Service<http::Request<Body>>>::Error:
        Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    let mut server = server;
    tokio::spawn(server.add_service(service).serve_with_incoming(incoming));
    addr
}

/// Returns a body of these pieces, each a frame of HTTP/2.
pub(crate) fn pieces(pieces: Vec<Bytes>) -> Body {
    let frames = pieces.into_iter().map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)));
    Body::new(StreamBody::new(tokio_stream::iter(frames)))
}
