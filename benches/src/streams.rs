//! What a message costs in a stream, with hooks that do nothing.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::{Request, Response};
use tower_service::Service;
use vestibule::{Call, Hooks, Interceptor, Method, Mount, Status, Streaming, interceptor};

use crate::call::{frame, request};
use crate::case::{Case, Once};

/// In a call.
const MESSAGES: usize = 1000;

fn reply(request: &HelloRequest) -> HelloResponse {
    HelloResponse { reply: request.name.clone() }
}

fn replies() -> impl Stream<Item = Result<HelloResponse, Status>> + Send + Unpin {
    tokio_stream::iter((0..MESSAGES).map(|_| Ok(HelloResponse { reply: "ada".to_owned() })))
}

// ===== tonic alone =====

struct Bare;

type Replies = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

#[tonic::async_trait]
impl Greeter for Bare {
    type LotsOfRepliesStream = Replies;
    type BidiHelloStream = Replies;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Ok(Response::new(reply(request.get_ref())))
    }

    async fn lots_of_replies(&self, _request: Request<HelloRequest>) -> Result<Response<Replies>, Status> {
        Ok(Response::new(Box::pin(replies())))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        let mut requests = request.into_inner();
        let mut last = HelloRequest::default();
        while let Some(request) = requests.message().await? {
            last = request;
        }
        Ok(Response::new(reply(&last)))
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<Replies>, Status> {
        let replies = request.into_inner().map(|request| Ok(reply(&request?)));
        Ok(Response::new(Box::pin(replies)))
    }
}

// ===== Ours =====

#[derive(Clone, Copy)]
struct Nothing;

impl Interceptor for Nothing {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), Self))
    }
}

impl<M: Method> Hooks<M> for Nothing {}

macro_rules! service {
    ($name:ident: $($entry:expr),*) => {
        #[derive(Clone)]
        struct $name;

        #[interceptor($($entry),*)]
        impl Greeter for $name {
            async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
                Ok(reply(&request))
            }

            async fn lots_of_replies(
                &self,
                _request: HelloRequest,
            ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
                Ok(replies())
            }

            async fn lots_of_greetings(
                &self,
                mut requests: Streaming<HelloRequest>,
            ) -> Result<HelloResponse, Status> {
                let mut last = HelloRequest::default();
                while let Some(request) = requests.message().await? {
                    last = request;
                }
                Ok(reply(&last))
            }

            async fn bidi_hello(
                &self,
                requests: Streaming<HelloRequest>,
            ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
                Ok(requests.map(|request| Ok(reply(&request?))))
            }
        }
    };
}

service!(Hooks0:);
service!(Hooks5: Nothing, Nothing, Nothing, Nothing, Nothing);
service!(Hooks10: Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing);

// ===== What is measured =====

/// A call with so many messages from the client.
fn streamed<S>(mut service: S, path: &'static str, messages: usize) -> Once
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = std::convert::Infallible>
        + 'static,
{
    let message = frame(&HelloRequest { name: "ada".to_owned() });
    let body = Bytes::from(message.repeat(messages));
    // The reader of a stream yields once at its end, so that this is polled more than once.
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    Box::new(move || {
        let request = request(path, Body::new(Full::new(body.clone())));
        let response = runtime.block_on(service.call(request)).expect("it can't fail");
        let reply = runtime.block_on(response.into_body().collect()).expect("it is whole");
        assert!(reply.trailers().is_some_and(|trailers| trailers["grpc-status"] == "0"), "it went well");
    })
}

macro_rules! stream_cases {
    ($($group:literal, $path:literal, $messages:expr;)*) => {
        vec![$(
            stream_cases!(@ $group, "tonic alone", 0, GreeterServer::new(Bare), $path, $messages),
            stream_cases!(@ $group, "vestibule", 0, GreeterServer::new(Hooks0), $path, $messages),
            stream_cases!(@ $group, "vestibule", 5, GreeterServer::new(Hooks5), $path, $messages),
            stream_cases!(@ $group, "vestibule", 10, GreeterServer::new(Hooks10), $path, $messages),
            stream_cases!(@ $group, "Mount", 10, Mount::<_, GreeterServer<()>>::new(Hooks10), $path, $messages),
        )*]
    };
    (@ $group:literal, $who:literal, $count:literal, $service:expr, $path:literal, $messages:expr) => {
        Case {
            messages: MESSAGES as u64,
            ..Case::new($group, $who, $count, || streamed($service, $path, $messages))
        }
    };
}

pub(crate) fn cases() -> Vec<Case> {
    stream_cases! {
        "to the service", "/pb.Greeter/LotsOfGreetings", MESSAGES;
        "to the client", "/pb.Greeter/LotsOfReplies", 1;
        "both ways", "/pb.Greeter/BidiHello", MESSAGES;
    }
}
