//! Messages of a stream, with hooks that do nothing.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::{Request, Response};
use tower_service::Service;
use vestibule::{Call, Hooks, Interceptor, Method, Mount, Status, Streaming, interceptor};

use crate::call::{block_on, frame, request};
use crate::case::{Case, Routine};

/// The number of messages in a call.
pub(crate) const MESSAGES: usize = 1000;

fn response(request: &HelloRequest) -> HelloResponse {
    HelloResponse { reply: request.name.clone() }
}

pub(crate) fn responses() -> impl Stream<Item = Result<HelloResponse, Status>> + Send + Unpin {
    tokio_stream::iter((0..MESSAGES).map(|_| Ok(HelloResponse { reply: "ada".to_owned() })))
}

// ===== tonic alone =====

struct Bare;

type ResponseStream = std::pin::Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

#[tonic::async_trait]
impl Greeter for Bare {
    type LotsOfRepliesStream = ResponseStream;
    type BidiHelloStream = ResponseStream;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Ok(Response::new(response(request.get_ref())))
    }

    async fn lots_of_replies(
        &self,
        _request: Request<HelloRequest>,
    ) -> Result<Response<ResponseStream>, Status> {
        Ok(Response::new(Box::pin(responses())))
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
        Ok(Response::new(response(&last)))
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<ResponseStream>, Status> {
        let responses = request.into_inner().map(|request| Ok(response(&request?)));
        Ok(Response::new(Box::pin(responses)))
    }
}

// ===== vestibule =====

#[derive(Clone, Copy)]
struct Nothing;

#[interceptor(phase = Observe)]
impl Interceptor for Nothing {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), Self))
    }
}

impl<M: Method> Hooks<M> for Nothing {}

macro_rules! service {
    ($name:ident: $($entries:tt)*) => {
        #[derive(Clone)]
        struct $name;

        #[interceptor($($entries)*)]
        impl Greeter for $name {
            async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
                Ok(response(&request))
            }

            async fn lots_of_replies(
                &self,
                _request: HelloRequest,
            ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
                Ok(responses())
            }

            async fn lots_of_greetings(
                &self,
                mut requests: Streaming<HelloRequest>,
            ) -> Result<HelloResponse, Status> {
                let mut last = HelloRequest::default();
                while let Some(request) = requests.message().await? {
                    last = request;
                }
                Ok(response(&last))
            }

            async fn bidi_hello(
                &self,
                requests: Streaming<HelloRequest>,
            ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
                Ok(requests.map(|request| Ok(response(&request?))))
            }
        }
    };
}

service!(Hooks0:);
service!(Hooks5: e1 = Nothing, e2 = Nothing, e3 = Nothing, e4 = Nothing, e5 = Nothing);
service!(
    Hooks10: e1 = Nothing, e2 = Nothing, e3 = Nothing, e4 = Nothing, e5 = Nothing, e6 = Nothing,
    e7 = Nothing, e8 = Nothing, e9 = Nothing, e10 = Nothing
);

// ===== The cases =====

/// Calls a service with this number of messages from the client.
pub(crate) fn streamed<S>(mut service: S, path: &'static str, messages: usize) -> Routine
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = std::convert::Infallible>
        + 'static,
{
    let message = frame(&HelloRequest { name: "ada".to_owned() });
    let body = Bytes::from(message.repeat(messages));
    Box::new(move || {
        let request = request(path, Body::new(Full::new(body.clone())));
        let response = block_on(service.call(request)).expect("a service of tonic does not fail");
        let body = block_on(response.into_body().collect()).expect("the body is complete");
        assert!(body.trailers().is_some_and(|trailers| trailers["grpc-status"] == "0"), "the call succeeds");
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
    (@ $group:literal, $subject:literal, $count:literal, $service:expr, $path:literal, $messages:expr) => {
        Case {
            messages: MESSAGES as u64,
            ..Case::new($group, $subject, $count, || streamed($service, $path, $messages))
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
