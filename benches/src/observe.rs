//! The cost of a trace and of metrics, with OpenTelemetry's SDK and without an exporter.

use std::sync::LazyLock;
use std::time::Duration;

use opentelemetry::trace::{FutureExt, SpanKind, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::{Stream, StreamExt};
use vestibule::descriptor::DescribedService;
use vestibule::{Hooks, Interceptor, MethodInfo, Rpc, Shape, Status, Streaming, interceptor};
use vestibule_interceptors::{GrpcMetrics, Metrics, Prometheus, Trace, TracingSpan};

use crate::call::call_method;
use crate::case::{Case, Routine};
use crate::streams::{MESSAGES, responses, streamed};

/// A service without interceptors.
#[derive(Clone)]
struct Unobserved;

#[interceptor]
impl Probe for Unobserved {
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
struct Observed<I>(I);

#[interceptor(&self.0)]
impl<I> Probe for Observed<I>
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
impl<I> Greeter for Observed<I>
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<HelloRequest, HelloResponse>>> + Clone + 'static,
{
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
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

/// An interceptor that is not there, for the streams of a service that nobody observes.
type Nothing = Option<TracingSpan>;

const PROBE: &[&MethodInfo] = &[
    &MethodInfo::new("/probe.Probe/Echo", Shape::Unary),
    &MethodInfo::new("/probe.Probe/GetURL", Shape::Unary),
];
const GREETER: &[&MethodInfo] = GreeterServer::<()>::INFO.methods();

/// The provider of all metrics, which lives as long as the program. Nothing is read within an hour.
static METERS: LazyLock<SdkMeterProvider> = LazyLock::new(|| {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter).with_interval(Duration::from_secs(3600)).build();
    SdkMeterProvider::builder().with_reader(reader).build()
});

fn trace(sampler: Sampler) -> Trace {
    Trace::server().tracer_provider(&SdkTracerProvider::builder().with_sampler(sampler).build())
}

fn unary<I>(interceptor: I) -> Routine
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<Ping, Pong>>> + 'static,
{
    // The future of a call borrows the service.
    let service: &'static _ = Box::leak(Box::new(Observed(interceptor)));
    call_method(move |request| service.echo(request))
}

fn stream<I>(interceptor: I) -> Routine
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<HelloRequest, HelloResponse>>> + Clone + 'static,
{
    streamed(GreeterServer::new(Observed(interceptor)), "/pb.Greeter/BidiHello", MESSAGES)
}

/// A span written by hand in the method, with the name and the attributes that a sampler sees. It is not sampled.
fn span_by_hand() -> Routine {
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOff).build();
    let tracer: &'static _ = Box::leak(Box::new(provider.tracer("benches")));
    call_method(move |request| async move {
        let attributes =
            [KeyValue::new("rpc.system.name", "grpc"), KeyValue::new("rpc.method", "probe.Probe/Echo")];
        let builder = tracer.span_builder("probe.Probe/Echo").with_kind(SpanKind::Server);
        let parent = Context::current();
        let span = tracer.build_with_context(builder.with_attributes(attributes), &parent);
        let context = parent.with_span(span);
        let response = Unobserved.echo(request).with_context(context.clone()).await;
        context.span().end();
        response
    })
}

fn metrics(methods: &[&'static MethodInfo]) -> Metrics {
    Metrics::server(methods).meter_provider(&*METERS)
}

fn grpc_metrics(methods: &[&'static MethodInfo]) -> GrpcMetrics {
    GrpcMetrics::server(methods).meter_provider(&*METERS)
}

pub(crate) fn cases() -> Vec<Case> {
    const UNARY: &str = "observe";
    const STREAM: &str = "observe, messages each way";
    let of_stream = |subject, count, start| Case {
        messages: MESSAGES as u64,
        ..Case::new(STREAM, subject, count, start)
    };
    vec![
        Case::new(UNARY, "nothing", 0, || call_method(|request| Unobserved.echo(request))),
        Case::new(UNARY, "Trace, no provider", 1, || unary(Trace::server())),
        Case::new(UNARY, "Trace, not sampled", 1, || unary(trace(Sampler::AlwaysOff))),
        Case::new(UNARY, "a span by hand, not sampled", 0, span_by_hand),
        Case::new(UNARY, "Trace, sampled", 1, || unary(trace(Sampler::AlwaysOn))),
        Case::new(UNARY, "TracingSpan, no subscriber", 1, || unary(TracingSpan::server())),
        Case::new(UNARY, "Metrics", 1, || unary(metrics(PROBE))),
        Case::new(UNARY, "GrpcMetrics", 1, || unary(grpc_metrics(PROBE))),
        Case::new(UNARY, "Prometheus", 1, || unary(Prometheus::server(PROBE))),
        of_stream("nothing", 0, || stream(Nothing::None)),
        of_stream("Trace, no provider", 1, || stream(Trace::server())),
        of_stream("Trace, sampled", 1, || stream(trace(Sampler::AlwaysOn))),
        of_stream("Metrics", 1, || stream(metrics(GREETER))),
        of_stream("GrpcMetrics", 1, || stream(grpc_metrics(GREETER))),
        of_stream("Prometheus", 1, || stream(Prometheus::server(GREETER))),
    ]
}
