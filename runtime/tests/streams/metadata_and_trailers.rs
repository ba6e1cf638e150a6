//! The metadata of interceptors is in the headers of a stream, or else in its trailers.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Call, Code, Interceptor, Rest, Status, Streaming, interceptor};

use super::loud::reply;
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    response_metadata_begins_and_trailers_end_a_stream,
    a_failure_carries_all_metadata,
    an_interceptor_may_poll_the_rest_only_when_it_was_woken
);

/// Runs the rest in a set of futures, which polls it only if it was woken.
struct InASet;

impl Interceptor for InASet {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let mut set = futures_util::stream::FuturesUnordered::new();
        set.push(rest);
        set.next().await.expect("there is one")
    }
}

#[interceptor]
async fn metadata_and_trailers(call: &Call, rest: impl Rest) -> Result<(), Status> {
    call.response_metadata().insert("x-early", "1".parse().unwrap());
    let result = rest.await;
    call.response_metadata().insert("x-late", "2".parse().unwrap());
    call.trailers().insert("x-trailer", "3".parse().unwrap());
    result
}

#[derive(Clone)]
struct Wrapped;

#[interceptor(InASet, metadata_and_trailers())]
impl Greeter for Wrapped {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        if request.name.is_empty() { Err(Status::not_found("nobody")) } else { Ok(reply(request.name)) }
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let end = if request.name.is_empty() { Err(Status::aborted("nobody")) } else { Ok(reply("end")) };
        let first = tokio_stream::once(()).then(|()| async {
            tokio::task::yield_now().await;
            Ok(reply("first"))
        });
        Ok(first.chain(tokio_stream::once(end)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        Ok(reply(requests.message().await?.unwrap_or_default().name))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

async fn response_metadata_begins_and_trailers_end_a_stream(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Wrapped))).await;
    let response = client.lots_of_replies(hello("a")).await.unwrap();
    assert_eq!(response.metadata().get("x-early").unwrap(), "1");
    assert!(response.metadata().get("x-late").is_none());
    let mut stream = response.into_inner();
    assert_eq!(stream.message().await.unwrap(), Some(reply("first")));
    assert_eq!(stream.message().await.unwrap(), Some(reply("end")));
    assert_eq!(stream.message().await.unwrap(), None);
    let trailers = stream.trailers().await.unwrap().expect("trailers");
    assert_eq!(trailers.get("x-trailer").unwrap(), "3");
    // The metadata comes too late for the headers, and is not lost.
    assert_eq!(trailers.get("x-late").unwrap(), "2");

    let response = client.lots_of_replies(hello("")).await.unwrap();
    assert_eq!(response.metadata().get("x-early").unwrap(), "1");
    let mut stream = response.into_inner();
    assert_eq!(stream.message().await.unwrap(), Some(reply("first")));
    let status = stream.message().await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Aborted, "nobody"));
    assert_eq!(status.metadata().get("x-trailer").unwrap(), "3");
}

async fn a_failure_carries_all_metadata(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Wrapped))).await;
    let status = client.say_hello(hello("")).await.unwrap_err();
    for (key, value) in [("x-early", "1"), ("x-late", "2"), ("x-trailer", "3")] {
        assert_eq!(status.metadata().get(key).unwrap(), value);
    }
    let response = client.say_hello(hello("a")).await.unwrap();
    assert_eq!(response.metadata().get("x-late").unwrap(), "2");
}

async fn an_interceptor_may_poll_the_rest_only_when_it_was_woken(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Wrapped))).await;
    let names: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    let requests = tokio_stream::iter(names.clone()).map(|name| hello(&name));
    assert_eq!(all_responses(client.bidi_hello(requests).await).await, (names, Ok(())));
    let reply_ = client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap();
    assert_eq!(reply_.into_inner().reply, "a");
}
