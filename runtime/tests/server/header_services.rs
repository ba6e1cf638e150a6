//! Interceptors and services that set headers, and what a client gets of them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Call, Code, Interceptor, Mount, Rest, Status, Streaming, client, interceptor, layer};

use crate::support::{hello, raw, serve};

/// The keys that are reserved for the protocol, with values that would do harm.
pub(crate) const RESERVED: [(&str, &str); 17] = [
    ("connection", "close"),
    ("content-length", "3"),
    ("content-type", "text/html"),
    ("host", "elsewhere"),
    ("keep-alive", "timeout=5"),
    ("proxy-connection", "close"),
    ("te", "gzip"),
    ("trailer", "x"),
    ("transfer-encoding", "chunked"),
    ("upgrade", "h2c"),
    ("grpc-status", "7"),
    ("grpc-message", "forged"),
    ("grpc-encoding", "br"),
    ("grpc-accept-encoding", "br"),
    ("grpc-timeout", "1n"),
    ("grpc-status-details-bin", "AAAA"),
    ("grpc-foo", "1"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Status,
    Reply,
    LateReply,
    Trailers,
    Outgoing,
}

pub(crate) const WAYS: [Way; 5] = [Way::Status, Way::Reply, Way::LateReply, Way::Trailers, Way::Outgoing];

/// Adds headers in one of the ways that an interceptor has.
#[derive(Clone)]
pub(crate) struct Adds(pub(crate) Way, pub(crate) Vec<(&'static str, String)>);

impl Adds {
    pub(crate) fn reserved(way: Way) -> Self {
        Self(way, RESERVED.map(|(key, value)| (key, value.to_owned())).to_vec())
    }

    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        for (key, value) in &self.1 {
            headers.insert(*key, value.parse().unwrap());
        }
        headers.insert("x-kept", "yes".parse().unwrap());
    }
}

impl Interceptor for Adds {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        match self.0 {
            Way::Status => {
                let mut status = Status::not_found("nothing");
                self.add_to(status.metadata_mut().as_mut());
                return Err(status);
            }
            Way::Reply => self.add_to(call.response_metadata().as_mut()),
            Way::Trailers => self.add_to(call.trailers().as_mut()),
            Way::Outgoing => self.add_to(call.outgoing_metadata().as_mut()),
            Way::LateReply => {}
        }
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        if self.0 == Way::LateReply {
            self.add_to(call.response_metadata().as_mut());
        }
        result
    }
}

/// Keeps the headers that it was called with.
#[derive(Clone)]
pub(crate) struct Annotated(pub(crate) Adds, pub(crate) Arc<Mutex<HeaderMap>>);

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

pub(crate) type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

#[interceptor(&self.0)]
impl Greeter for Annotated {
    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<HelloResponse, Status> {
        *self.1.lock().unwrap() = request.metadata().as_ref().clone();
        Ok(reply(request.into_inner().name))
    }

    async fn lots_of_replies(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        *self.1.lock().unwrap() = request.metadata().as_ref().clone();
        Ok(tokio_stream::iter([Ok(reply("a")), Ok(reply("b"))]))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(reply("c"))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

/// A service without a chain. It fails if its message says so.
#[derive(Clone, Default)]
pub(crate) struct Plain(pub(crate) Arc<Mutex<HeaderMap>>);

#[tonic::async_trait]
impl Greeter for Plain {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        *self.0.lock().unwrap() = request.metadata().as_ref().clone();
        match request.into_inner().name {
            name if name == "fail" => Err(Status::not_found("nothing")),
            name => Ok(Response::new(reply(name))),
        }
    }

    async fn lots_of_replies(&self, request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        *self.0.lock().unwrap() = request.metadata().as_ref().clone();
        let last =
            if request.get_ref().name == "fail" { Err(Status::not_found("nothing")) } else { Ok(reply("b")) };
        Ok(Response::new(Box::pin(tokio_stream::iter([Ok(reply("a")), last]))))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        let mut requests = request.into_inner();
        while let Some(request) = requests.message().await? {
            if request.name == "fail" {
                return Err(Status::not_found("nothing"));
            }
        }
        Ok(Response::new(reply("c")))
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        let responses = request.into_inner().map(|request| match request?.name {
            name if name == "fail" => Err(Status::not_found("nothing")),
            name => Ok(reply(name)),
        });
        Ok(Response::new(Box::pin(responses)))
    }
}

pub(crate) fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

pub(crate) const MOUNTS: [&str; 4] = ["generated", "mount", "layer", "client"];

/// Serves a greeter with the interceptor in one of the mounts, and returns its client.
pub(crate) async fn behind(
    mount: &str,
    adds: &Adds,
    seen: &Arc<Mutex<HeaderMap>>,
) -> GreeterClient<vestibule::Client<Channel>> {
    let annotated = Annotated(adds.clone(), Arc::clone(seen));
    let plain = GreeterServer::new(Plain(Arc::clone(seen)));
    let addr = match mount {
        "generated" => serve(GreeterServer::new(annotated)).await,
        "mount" => serve(Mount::new(annotated)).await,
        "layer" => serve(layer((adds.clone(),)).layer(plain)).await,
        _ => return GreeterClient::new(client(channel(serve(plain).await), (adds.clone(),))),
    };
    GreeterClient::new(client(channel(addr), ()))
}

/// Makes a unary call, and returns its result and its metadata.
pub(crate) async fn unary(
    client: &mut GreeterClient<vestibule::Client<Channel>>,
) -> (Result<String, Code>, HeaderMap) {
    match client.say_hello(hello("a")).await {
        Ok(response) => {
            let metadata = response.metadata().as_ref().clone();
            (Ok(response.into_inner().reply), metadata)
        }
        Err(status) => (Err(status.code()), status.metadata().as_ref().clone()),
    }
}

pub(crate) async fn server_streaming(
    client: &mut GreeterClient<vestibule::Client<Channel>>,
) -> (Result<String, Code>, HeaderMap) {
    let response = match client.lots_of_replies(hello("a")).await {
        Ok(response) => response,
        Err(status) => return (Err(status.code()), status.metadata().as_ref().clone()),
    };
    let mut metadata = response.metadata().as_ref().clone();
    let mut responses = response.into_inner();
    let mut received = String::new();
    loop {
        match responses.message().await {
            Ok(Some(reply)) => received.push_str(&reply.reply),
            Ok(None) => break,
            Err(status) => return (Err(status.code()), status.metadata().as_ref().clone()),
        }
    }
    let trailers = responses.trailers().await.unwrap().unwrap_or_default();
    metadata.extend(trailers.into_headers());
    (Ok(received), metadata)
}

/// A service that responds as it is told, with gRPC or not.
#[derive(Clone)]
pub(crate) struct Raw(pub(crate) Arc<dyn Fn() -> http::Response<Body> + Send + Sync>);

impl Raw {
    pub(crate) fn new(answer: impl Fn() -> http::Response<Body> + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }
}

impl NamedService for Raw {
    const NAME: &'static str = "pb.Greeter";
}

impl Service<http::Request<Body>> for Raw {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: http::Request<Body>) -> Self::Future {
        std::future::ready(Ok((self.0)()))
    }
}

pub(crate) type Headers = &'static [(&'static str, &'static [u8])];

pub(crate) fn headers(headers: Headers) -> HeaderMap {
    headers
        .iter()
        .map(|(key, value)| (HeaderName::from_static(key), HeaderValue::from_bytes(value).unwrap()))
        .collect()
}

/// Returns a service that responds with headers, a message and trailers; without trailers, with headers alone.
pub(crate) fn answers(http: u16, head: Headers, trailers: Option<Headers>) -> Raw {
    Raw::new(move || {
        let mut response = http::Response::new(match trailers {
            None => Body::empty(),
            Some(trailers) => {
                let frames = [Frame::data(raw::frame(&reply("a"))), Frame::trailers(headers(trailers))];
                Body::new(StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>))))
            }
        });
        *response.status_mut() = http::StatusCode::from_u16(http).unwrap();
        response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
        response.headers_mut().extend(headers(head));
        response
    })
}

/// Returns all that a client gets, except for the date.
pub(crate) async fn response_of(
    addr: SocketAddr,
    request: http::request::Builder,
    body: Bytes,
) -> (u16, String, Bytes, String) {
    let response = raw::send(addr, request.body(Body::new(Full::new(body))).unwrap()).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned().unwrap_or_default();
    let [head_lines, trailers] = [head.headers, trailers].map(|mut headers| {
        headers.remove("date");
        let mut lines: Vec<_> = headers.iter().map(|(key, value)| format!("{key}: {value:?}")).collect();
        lines.sort();
        lines.join(", ")
    });
    (head.status.as_u16(), head_lines, body.to_bytes(), trailers)
}
