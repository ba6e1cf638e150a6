//! Services behind a mount, for the tests of mounts.

use std::net::SocketAddr;

use proto::hello::HelloRequest;
use proto::hello_stubs;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt};
use vestibule::{Call, Code, Mount, Status, Streaming, interceptor, require_metadata};

use crate::support::traceable::Traceable;
use crate::support::tracer::{Traced, Tracer};
use crate::support::{hello, pong, serve};

pub(crate) async fn mounted(tracer: &Tracer) -> SocketAddr {
    serve(Mount::new(Traceable { tracer: tracer.clone(), ..Traceable::default() })).await
}

pub(crate) fn names() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b"].map(hello))
}

pub(crate) struct Demanding;

#[interceptor]
#[require_metadata("request-id")]
impl Probe for Demanding {
    async fn echo(&self, _request: Ping, #[metadata("x-number")] number: u32) -> Result<Pong, Status> {
        Ok(pong(number.to_string()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

/// Moves its stream into another task, which reports whether the stream ended or broke off.
#[derive(Clone)]
pub(crate) struct Detached {
    pub(crate) tracer: Tracer,
    pub(crate) ends: mpsc::Sender<Result<usize, Code>>,
}

#[interceptor(Traced("A", &self.tracer))]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Detached {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<hello_stubs::HelloRequest>,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        let Self { tracer, ends } = self.clone();
        tokio::spawn(async move {
            tracer.event("H").unwrap();
            let mut received = 0;
            let end = loop {
                match requests.message().await {
                    Ok(Some(_)) => received += 1,
                    Ok(None) => break Ok(received),
                    Err(status) => break Err(status.code()),
                }
            };
            ends.send(end).await.unwrap();
        })
        .await
        .unwrap();
        Ok(hello_stubs::HelloResponse::default())
    }
}

pub(crate) struct Misnamed;

#[interceptor]
impl Probe for Misnamed {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("echo"))
    }

    async fn get_url(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.method().path()))
    }
}

#[interceptor]
pub(crate) async fn forges(call: &Call) -> Result<(), Status> {
    for (key, value) in
        [("grpc-status", "7"), ("grpc-message", "boo"), ("content-type", "text/plain"), ("te", "x")]
    {
        call.trailers().as_mut().insert(key, value.parse().unwrap());
    }
    call.trailers().insert("x-kept", "yes".parse().unwrap());
    Ok(())
}

/// Sends streams that never end, and forges trailers.
#[derive(Clone)]
pub(crate) struct Odd(pub(crate) mpsc::Sender<Result<usize, Code>>);

#[interceptor(forges())]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Odd {
    async fn say_hello(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        Ok(hello_stubs::HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        let reply = hello_stubs::HelloResponse { reply: "x".repeat(10_000) };
        Ok(futures_util::stream::repeat_with(move || Ok(reply.clone())))
    }

    async fn bidi_hello(
        &self,
        mut requests: Streaming<hello_stubs::HelloRequest>,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        let seen = self.0.clone();
        tokio::spawn(async move {
            let mut received = 0;
            let end = loop {
                match requests.message().await {
                    Ok(Some(_)) => received += 1,
                    Ok(None) => break Ok(received),
                    Err(status) => break Err(status.code()),
                }
            };
            let _ = seen.send(end).await;
        });
        Ok(tokio_stream::once(Ok(hello_stubs::HelloResponse::default())).chain(tokio_stream::pending()))
    }
}
