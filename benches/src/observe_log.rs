//! The cost of an access log, a request id and an audit.
//!
//! The services are those of `observe`. In one file with them, rustc divides the program into other units and inlines less of
//! a stream, so that its budget is exceeded although no code of streams is different.

use std::io;
use std::num::NonZeroUsize;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Hooks, Interceptor, Rpc, Status, Streaming, interceptor};
use vestibule_interceptors::{AccessLog, Audit, AuditRecord, AuditSink, SetRequestId, WhenFull};

use crate::call::call_method;
use crate::case::{Case, Routine};
use crate::streams::{MESSAGES, streamed};

/// A service without interceptors.
struct Unlogged;

#[interceptor]
impl Probe for Unlogged {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// The same service behind one interceptor.
#[derive(Clone)]
struct Logged<I>(I);

#[interceptor(&self.0)]
impl<I> Probe for Logged<I>
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<Ping, Pong>>> + 'static,
{
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

#[interceptor(&self.0)]
impl<I> Greeter for Logged<I>
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<HelloRequest, HelloResponse>>> + Clone + 'static,
{
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(HelloResponse { reply: request.name })))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(HelloResponse { reply: request?.name })))
    }
}

/// A sink that drops each record.
struct Nowhere;

impl AuditSink for Nowhere {
    fn write(&mut self, _record: AuditRecord) -> io::Result<()> {
        Ok(())
    }
}

fn audit() -> Audit {
    Audit::new(Nowhere, NonZeroUsize::new(1024).expect("it is not zero"), WhenFull::Drop)
}

fn unary<I>(interceptor: I) -> Routine
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<Ping, Pong>>> + 'static,
{
    // The future of a call borrows the service.
    let service: &'static _ = Box::leak(Box::new(Logged(interceptor)));
    call_method(move |request| service.echo(request))
}

fn stream<I>(interceptor: I) -> Routine
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<HelloRequest, HelloResponse>>> + Clone + 'static,
{
    streamed(GreeterServer::new(Logged(interceptor)), "/pb.Greeter/BidiHello", MESSAGES)
}

pub(crate) fn cases() -> Vec<Case> {
    const UNARY: &str = "observe";
    const STREAM: &str = "observe, messages each way";
    let of_stream = |subject, count, start| Case {
        messages: MESSAGES as u64,
        ..Case::new(STREAM, subject, count, start)
    };
    vec![
        Case::new(UNARY, "nothing logged", 0, || call_method(|request| Unlogged.echo(request))),
        Case::new(UNARY, "AccessLog, no subscriber", 1, || unary(AccessLog::server())),
        Case::new(UNARY, "SetRequestId", 1, || unary(SetRequestId::new())),
        Case::new(UNARY, "Audit", 1, || unary(audit())),
        of_stream("nothing logged", 0, || stream(None::<AccessLog>)),
        of_stream("AccessLog, no subscriber", 1, || stream(AccessLog::server())),
        of_stream("Audit", 1, || stream(audit())),
    ]
}
