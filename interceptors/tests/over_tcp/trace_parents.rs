//! Spans of `Trace` on several servers and clients form one trace.

use std::sync::{Arc, Mutex};

use opentelemetry::trace::{SpanId, SpanKind, TraceId, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::transport::{Channel, Endpoint};
use tracing::Level;
use vestibule::{Call, Client, Interceptor, Status, Streaming, client, interceptor};
use vestibule_interceptors::{Retry, Trace};

use super::logged::logging;
use super::observed::Observed;
use super::retry_server::{Act, Server};
use super::slow::reply;
use super::trace::{provider, take};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve, serve_in};

in_every_setup!(
    a_handler_and_its_stream_run_in_the_span,
    a_parent_in_the_metadata_is_continued_and_an_invalid_one_is_not,
);

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f0671111e902c7-01";

/// A service whose handlers make a span, and call another service if they have a client.
#[derive(Clone)]
struct Relay {
    trace: Trace,
    tracer: opentelemetry_sdk::trace::SdkTracer,
    next: Option<GreeterClient<Client<Channel>>>,
}

impl Relay {
    fn new(provider: &SdkTracerProvider) -> Self {
        let trace = Trace::server().tracer_provider(provider);
        Self { trace, tracer: provider.tracer("relay"), next: None }
    }

    async fn relay(&self, request: HelloRequest, span: &'static str) -> Result<HelloResponse, Status> {
        drop(self.tracer.start(span));
        match self.next.clone() {
            Some(mut next) => Ok(next.say_hello(request).await?.into_inner()),
            None => Ok(reply(request.name)),
        }
    }
}

#[interceptor(&self.trace)]
impl Greeter for Relay {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.relay(request, "handler").await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        // The stream runs after the handler has returned, and yields to other tasks.
        Ok(tokio_stream::iter([request]).then(|request| async {
            tokio::task::yield_now().await;
            self.relay(request, "stream").await
        }))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = hello("none");
        while let Some(request) = requests.message().await? {
            last = request;
        }
        self.relay(last, "handler").await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { self.relay(request?, "stream").await }))
    }
}

fn named<'a>(spans: &'a [SpanData], kind: &SpanKind, name: &str) -> &'a SpanData {
    let mut found = spans.iter().filter(|span| span.span_kind == *kind && span.name == name);
    let span = found.next().unwrap_or_else(|| panic!("{kind:?} {name} is not in {spans:?}"));
    assert!(found.next().is_none(), "{kind:?} {name} is twice in {spans:?}");
    span
}

#[track_caller]
fn assert_child(child: &SpanData, parent: &SpanData) {
    assert_eq!(child.parent_span_id, parent.span_context.span_id(), "{child:?}\n{parent:?}");
    assert_eq!(child.span_context.trace_id(), parent.span_context.trace_id());
}

async fn a_handler_and_its_stream_run_in_the_span(setup: Setup) {
    let (exporter, provider) = provider();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Relay::new(&provider)))).await;
    let requests = || tokio_stream::iter(["ada"]).map(hello);

    client.say_hello(hello("ada")).await.unwrap();
    let spans = take(&exporter, 2).await;
    let server = named(&spans, &SpanKind::Server, "pb.Greeter/SayHello");
    assert_child(named(&spans, &SpanKind::Internal, "handler"), server);
    assert_eq!(server.parent_span_id, SpanId::INVALID);

    assert_eq!(all_responses(client.lots_of_replies(hello("ada")).await).await.1, Ok(()));
    let spans = take(&exporter, 2).await;
    let server = named(&spans, &SpanKind::Server, "pb.Greeter/LotsOfReplies");
    assert_child(named(&spans, &SpanKind::Internal, "stream"), server);

    client.lots_of_greetings(requests()).await.unwrap();
    let spans = take(&exporter, 2).await;
    let server = named(&spans, &SpanKind::Server, "pb.Greeter/LotsOfGreetings");
    assert_child(named(&spans, &SpanKind::Internal, "handler"), server);

    assert_eq!(all_responses(client.bidi_hello(requests()).await).await.1, Ok(()));
    let spans = take(&exporter, 2).await;
    let server = named(&spans, &SpanKind::Server, "pb.Greeter/BidiHello");
    assert_child(named(&spans, &SpanKind::Internal, "stream"), server);
}

async fn a_parent_in_the_metadata_is_continued_and_an_invalid_one_is_not(setup: Setup) {
    let (exporter, provider) = provider();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Relay::new(&provider)))).await;
    let mut call = async |parent: &str| {
        let mut request = Request::new(hello("ada"));
        request.metadata_mut().insert("traceparent", parent.parse().unwrap());
        request.metadata_mut().insert("tracestate", "vendor=1".parse().unwrap());
        client.say_hello(request).await.unwrap();
        let spans = take(&exporter, 2).await;
        named(&spans, &SpanKind::Server, "pb.Greeter/SayHello").clone()
    };

    let span = call(PARENT).await;
    assert_eq!(span.span_context.trace_id(), TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736));
    assert_eq!(span.parent_span_id, SpanId::from(0x00f0_6711_11e9_02c7));
    assert!(span.parent_span_is_remote);
    assert_eq!(span.span_context.trace_state().get("vendor"), Some("1"));

    let span = call(&PARENT.to_uppercase()).await;
    assert_ne!(span.span_context.trace_id(), TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736));
    assert_eq!(span.parent_span_id, SpanId::INVALID);
    assert_eq!(span.span_context.trace_state().get("vendor"), None);
}

#[tokio::test]
async fn a_call_through_two_services_is_one_trace() {
    let (exporter, provider) = provider();
    let inner = serve(GreeterServer::new(Relay::new(&provider))).await;
    let channel = Endpoint::new(format!("http://{inner}")).unwrap().connect_lazy();
    let trace = Trace::client().tracer_provider(&provider);
    let mut outer = Relay::new(&provider);
    outer.next = Some(GreeterClient::new(client(channel, (trace,))));

    let mut client = connect_greeter(serve(GreeterServer::new(outer)).await).await;
    assert_eq!(all_responses(client.lots_of_replies(hello("ada")).await).await.1, Ok(()));
    let spans = take(&exporter, 5).await;
    let outer = named(&spans, &SpanKind::Server, "pb.Greeter/LotsOfReplies");
    let call = named(&spans, &SpanKind::Client, "pb.Greeter/SayHello");
    let inner = named(&spans, &SpanKind::Server, "pb.Greeter/SayHello");
    assert_child(call, outer);
    assert_child(inner, call);
    assert_child(named(&spans, &SpanKind::Internal, "handler"), inner);
}

#[tokio::test]
async fn a_call_that_is_tried_again_is_one_span() {
    let (exporter, provider) = provider();
    let server =
        Server::new([Act::Fail(vestibule::Code::Unavailable), Act::Fail(vestibule::Code::Unavailable)]);
    let trace = Trace::server().tracer_provider(&provider);
    let layer = vestibule::layer((trace,));
    let addr = serve(tower_layer::Layer::layer(&layer, GreeterServer::new(server))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let trace = Trace::client().tracer_provider(&provider);
    let mut client = GreeterClient::new(client(channel, (trace, Retry::new(3))));
    client.say_hello(hello("ada")).await.unwrap();
    let spans = take(&exporter, 4).await;
    let call = named(&spans, &SpanKind::Client, "pb.Greeter/SayHello");
    let attempts: Vec<_> = spans.iter().filter(|span| span.span_kind == SpanKind::Server).collect();
    assert_eq!(attempts.len(), 3);
    attempts.into_iter().for_each(|attempt| assert_child(attempt, call));
}

/// Notes the `traceparent` and `tracestate` of a call.
#[derive(Clone, Default)]
struct Note(Arc<Mutex<[Option<String>; 2]>>);

impl Interceptor for Note {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        let text = |key| call.get::<Option<String>>(key).unwrap();
        *self.0.lock().unwrap() = [text("traceparent"), text("tracestate")];
        Ok(((), ()))
    }
}

/// Returns the `traceparent` and `tracestate` that the server of a call receives.
async fn sent_metadata(trace: Trace) -> [Option<String>; 2] {
    sent_metadata_of(trace, Request::new(hello("ada"))).await
}

async fn sent_metadata_of(trace: Trace, request: Request<HelloRequest>) -> [Option<String>; 2] {
    let note = Note::default();
    let addr = serve(GreeterServer::new(Observed::new(note.clone()))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    GreeterClient::new(client(channel, (trace,))).say_hello(request).await.unwrap();
    note.0.lock().unwrap().clone()
}

#[tokio::test]
async fn a_span_that_is_not_sampled_is_passed_on_as_such() {
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOff).build();
    let [parent, state] = sent_metadata(Trace::client().tracer_provider(&provider)).await;
    let parent = parent.expect("the trace has an id nevertheless");
    assert!(parent.ends_with("-00") && parent.len() == 55, "{parent}");
    assert_eq!(state, None);
}

#[tokio::test]
async fn a_state_of_another_trace_is_not_passed_on() {
    let (_, provider) = provider();
    let mut request = Request::new(hello("ada"));
    // A handler may copy all metadata of the request that it serves.
    for (key, value) in [("traceparent", PARENT), ("tracestate", "stale=1"), ("tracestate", "stale=2")] {
        request.metadata_mut().append(key, value.parse().unwrap());
    }
    let trace = Trace::client().tracer_provider(&provider);
    let [parent, state] = sent_metadata_of(trace, request).await;
    assert_ne!(parent.as_deref(), Some(PARENT));
    assert_eq!(state, None);
}

#[tokio::test]
async fn without_a_provider_nothing_is_passed_on() {
    // No test of this program sets the provider of the process.
    assert_eq!(sent_metadata(Trace::client()).await, [None, None]);
}

#[test]
fn a_process_without_a_provider_is_logged_once() {
    logging(Level::DEBUG, |log| async move {
        let trace = Trace::client();
        for _ in 0..2 {
            sent_metadata(trace.clone()).await;
        }
        let text = log.text();
        assert_eq!(text.matches("DEBUG vestibule: the process has no tracer provider").count(), 1, "{text}");
    });
}

#[tokio::test]
async fn without_a_provider_a_server_serves() {
    let trace = Trace::server();
    let (_, provider) = provider();
    let relay = Relay { trace, ..Relay::new(&provider) };
    let mut client = connect_greeter(serve(GreeterServer::new(relay)).await).await;
    assert_eq!(client.say_hello(hello("ada")).await.unwrap().into_inner().reply, "ada");
}
