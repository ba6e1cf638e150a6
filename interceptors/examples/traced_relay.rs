//! Two services, of which the first calls the second. Each prints its spans, one a line: the ids of the trace, of the span and
//! of its parent, the kind and the name.
//!
//! Clients in other languages call the first one to show that a trace goes through both (`.ci/foreign_trace.py`).
//!
//! Run with: `cargo run -p vestibule-interceptors --example traced_relay`

use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint, Server};
use vestibule::{Client, Mount, Status, Streaming, client, interceptor};
use vestibule_interceptors::Trace;

/// Prints each span when it ends.
#[derive(Debug)]
struct Print;

impl SpanProcessor for Print {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        let (context, parent) = (&span.span_context, span.parent_span_id);
        let (trace, id) = (context.trace_id(), context.span_id());
        println!("span {trace} {id} {parent} {:?} {}", span.span_kind, span.name);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Answers, or asks the next service if there is one.
#[derive(Clone)]
struct Relay {
    trace: Trace,
    next: Option<GreeterClient<Client<Channel>>>,
}

impl Relay {
    async fn answer(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        match self.next.clone() {
            Some(mut next) => Ok(next.say_hello(request).await?.into_inner()),
            None => Ok(HelloResponse { reply: format!("hello {}", request.name) }),
        }
    }
}

#[interceptor(&self.trace)]
impl Greeter for Relay {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.answer(request).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(request).then(|request| self.answer(request)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = HelloRequest::default();
        while let Some(request) = requests.message().await? {
            last = request;
        }
        self.answer(last).await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { self.answer(request?).await }))
    }
}

async fn serve(service: Relay) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    let mount = Mount::<_, GreeterServer<_>>::new(service);
    tokio::spawn(Server::builder().add_service(mount).serve_with_incoming(TcpListenerStream::new(listener)));
    Ok(addr)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    opentelemetry::global::set_tracer_provider(
        SdkTracerProvider::builder().with_span_processor(Print).build(),
    );
    let second = serve(Relay { trace: Trace::server(), next: None }).await?;
    let channel = Endpoint::new(format!("http://{second}"))?.connect_lazy();
    let next = GreeterClient::new(client(channel, (Trace::client(),)));
    let first = serve(Relay { trace: Trace::server(), next: Some(next) }).await?;
    println!("listening on {first}");
    std::future::pending().await
}
