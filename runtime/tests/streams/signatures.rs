//! The signatures that a method with streams may have.

use std::pin::Pin;
use std::sync::Arc;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::{hello_arc, hello_stubs};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Channel;
use tonic::{Request, Response};
use vestibule::{Code, Status, Streaming, grpc_error, interceptor};

use super::loud::{Loud, reply};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    methods_may_have_streams_and_errors_of_their_own,
    methods_may_keep_the_signatures_of_tonic,
    traits_with_arc_receivers_and_default_stubs_are_served,
    the_stream_of_a_client_may_be_the_response
);

// These tests run in one setup only:
// - `the_extensions_of_a_reply_reach_tonic` reads extensions, which do not travel.

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("{0} is not greeted")]
#[status(PermissionDenied)]
struct Unwelcome(String);

/// Has bare messages, our streams and errors, and parameters that borrow from the call for all its life.
#[derive(Clone)]
struct Modern {
    greeting: String,
}

#[interceptor(loud = Loud)]
impl Greeter for Modern {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Unwelcome> {
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
        loud: &&'static str,
        #[metadata("x-tenant")] tenant: Option<&str>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Unwelcome>>, Unwelcome> {
        let names = tokio_stream::iter(["a", "b", "mallory", "c"]);
        Ok(names.map(move |name| match name {
            "mallory" => Err(Unwelcome(name.to_owned())),
            _ => Ok(reply(format!("{} {} {name} {loud} {tenant:?}", self.greeting, request.name))),
        }))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut names = String::new();
        while let Some(request) = requests.message().await? {
            names.push_str(&request.name);
        }
        assert!(requests.trailers().await?.is_none());
        assert!(requests.message().await?.is_none());
        Ok(reply(names))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<Response<impl Stream<Item = Result<HelloResponse, Status>> + Send + 'static>, Status> {
        let mut response = Response::new(requests.map(|request| Ok(reply(request?.name))));
        response.metadata_mut().insert("x-handler", "here".parse().unwrap());
        Ok(response)
    }
}

/// Has tonic's own signatures, as an existing service does.
#[derive(Clone)]
struct Classic;

#[interceptor(Loud)]
#[tonic::async_trait]
impl Greeter for Classic {
    type LotsOfRepliesStream = ReceiverStream<Result<HelloResponse, Status>>;
    type BidiHelloStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
        Ok(Response::new(reply(request.into_inner().name)))
    }

    async fn lots_of_replies(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<Response<Self::LotsOfRepliesStream>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        let name = request.into_inner().name;
        tokio::spawn(async move {
            for n in 1..=2 {
                let _ = sender.send(Ok(reply(format!("{name}{n}")))).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn lots_of_greetings(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<HelloResponse>, Status> {
        let tenant =
            request.metadata().get("x-tenant").map_or("none", |tenant| tenant.to_str().unwrap()).to_owned();
        let mut requests = request.into_inner();
        let mut names = tenant;
        while let Some(request) = requests.message().await? {
            names.push_str(&request.name);
        }
        assert!(requests.trailers().await?.is_none());
        Ok(Response::new(reply(names)))
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<Response<Self::BidiHelloStream>, Status> {
        let responses = request.into_inner().map(|request| Ok(reply(request?.name)));
        Ok(Response::new(Box::pin(responses) as Self::BidiHelloStream))
    }
}

/// Is not `Clone`, and need not be.
struct ArcSelf {
    greeting: String,
}

#[interceptor(check_greeting(&self.greeting))]
impl hello_arc::greeter_server::Greeter for ArcSelf {
    async fn say_hello(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Ok(hello_arc::HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<ReceiverStream<Result<hello_arc::HelloResponse, Status>>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let reply = format!("{} {}", self.greeting, request.name);
            let _ = sender.send(Ok(hello_arc::HelloResponse { reply })).await;
        });
        Ok(ReceiverStream::new(receiver))
    }

    async fn lots_of_greetings(
        self: Arc<Self>,
        _requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn bidi_hello(
        self: Arc<Self>,
        requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<impl Stream<Item = Result<hello_arc::HelloResponse, Status>>, Status> {
        Ok(requests.map(move |request| {
            Ok(hello_arc::HelloResponse { reply: format!("{} {}", self.greeting, request?.name) })
        }))
    }
}

#[interceptor]
async fn check_greeting(greeting: &str) -> Result<(), Status> {
    if greeting.is_empty() { Err(Status::internal("no greeting")) } else { Ok(()) }
}

#[derive(Clone)]
struct Stubs;

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Stubs {
    async fn lots_of_replies(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(hello_stubs::HelloResponse { reply: request.name })))
    }
}

async fn methods_may_have_streams_and_errors_of_their_own(setup: Setup) {
    let service = Modern { greeting: "hi".to_owned() };
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let mut request = Request::new(hello("x"));
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    let (received, end) = all_responses(client.lots_of_replies(request).await).await;
    assert_eq!(received, ["hi x! a loud Some(\"blue\")?", "hi x! b loud Some(\"blue\")?"]);
    assert_eq!(end, Err((Code::PermissionDenied, "mallory is not greeted".to_owned())));

    let requests = || tokio_stream::iter(["a", "b"]).map(hello);
    let response = client.lots_of_greetings(requests()).await.unwrap();
    assert_eq!(response.into_inner().reply, "a!b!?");

    let response = client.bidi_hello(requests()).await.unwrap();
    assert_eq!(response.metadata().get("x-handler").unwrap(), "here");
    assert_eq!(all_responses(Ok(response)).await, (vec!["a!?".to_owned(), "b!?".to_owned()], Ok(())));
}

async fn methods_may_keep_the_signatures_of_tonic(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Classic))).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a!?");
    let received = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, (vec!["a!1?".to_owned(), "a!2?".to_owned()], Ok(())));

    let requests = || tokio_stream::iter(["a", "b"]).map(hello);
    let mut request = Request::new(requests());
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    assert_eq!(client.lots_of_greetings(request).await.unwrap().into_inner().reply, "bluea!b!?");
    let received = all_responses(client.bidi_hello(requests()).await).await;
    assert_eq!(received, (vec!["a!?".to_owned(), "b!?".to_owned()], Ok(())));
}

async fn traits_with_arc_receivers_and_default_stubs_are_served(setup: Setup) {
    use hello_arc::greeter_server::GreeterServer as ArcServer;
    use hello_stubs::greeter_server::GreeterServer as StubsServer;

    let service = ArcSelf { greeting: "hi".to_owned() };
    let mut client = connect_greeter(serve_in!(setup, ArcServer::new(service))).await;
    let received = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, (vec!["hi a".to_owned()], Ok(())));
    let received = all_responses(client.bidi_hello(tokio_stream::once(hello("b"))).await).await;
    assert_eq!(received, (vec!["hi b".to_owned()], Ok(())));

    let mut client = connect_greeter(serve_in!(setup, StubsServer::new(Stubs))).await;
    let received = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, (vec!["a".to_owned()], Ok(())));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unimplemented);
}

/// Replies with metadata and extensions.
#[derive(Clone)]
struct Extended;

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Extended {
    async fn say_hello(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<Response<hello_stubs::HelloResponse>, Status> {
        let mut response = Response::new(hello_stubs::HelloResponse::default());
        response.extensions_mut().insert("of the handler");
        Ok(response)
    }

    async fn lots_of_replies(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<Response<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>>, Status> {
        let mut response = Response::new(tokio_stream::empty());
        response.extensions_mut().insert("of the handler");
        response.metadata_mut().insert("x-handler", "here".parse().unwrap());
        Ok(response)
    }
}

#[tokio::test]
async fn the_extensions_of_a_response_reach_tonic() {
    use hello_stubs::greeter_server::Greeter;

    let request = || Request::new(hello_stubs::HelloRequest::default());
    let response = Extended.say_hello(request()).await.unwrap();
    assert_eq!(response.extensions().get::<&str>(), Some(&"of the handler"));
    let response = Extended.lots_of_replies(request()).await.unwrap();
    assert_eq!(response.extensions().get::<&str>(), Some(&"of the handler"));
    assert_eq!(response.metadata().get("x-handler").unwrap(), "here");
}

/// Returns the stream of another server.
#[derive(Clone)]
struct Proxy(hello_stubs::greeter_client::GreeterClient<Channel>);

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Proxy {
    async fn lots_of_replies(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<Response<tonic::Streaming<hello_stubs::HelloResponse>>, Status> {
        self.0.clone().lots_of_replies(request).await
    }
}

async fn the_stream_of_a_client_may_be_the_response(setup: Setup) {
    use hello_stubs::greeter_server::GreeterServer;

    let addr = serve_in!(setup, GreeterServer::new(Stubs));
    let upstream =
        hello_stubs::greeter_client::GreeterClient::connect(format!("http://{addr}")).await.unwrap();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Proxy(upstream)))).await;
    assert_eq!(all_responses(client.lots_of_replies(hello("a")).await).await, (vec!["a".to_owned()], Ok(())));
}
