//! A program of its own: ten thousand calls leave no time for the timers of other tests.
//!
//! Clients give up calls of every shape at any point. Each span that was started ends, and each call that was counted is
//! measured once, on the server and on the client.

#[path = "../../runtime/tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, HistogramDataPoint, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint,
};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::{Setup, hello, in_every_setup, serve_in, surely};
use tokio::task::{JoinSet, yield_now};
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint};
use vestibule::descriptor::DescribedService;
use vestibule::{Client, MethodInfo, Status, Streaming, client, interceptor};
use vestibule_interceptors::{GrpcMetrics, MessageEvents, Metrics, Trace};

in_every_setup!(
    multi_thread
    every_span_ends_and_every_call_is_measured,
);

const CALLS: usize = 10_000;
const GREETER: &[&MethodInfo] = GreeterServer::<()>::INFO.methods();

/// Counts spans that start and end.
#[derive(Clone, Debug, Default)]
struct Spans(Arc<[AtomicUsize; 2]>);

impl Spans {
    fn started_and_ended(&self) -> [usize; 2] {
        [&self.0[0], &self.0[1]].map(|count| count.load(Ordering::SeqCst))
    }
}

impl SpanProcessor for Spans {
    fn on_start(&self, _span: &mut Span, _context: &Context) {
        self.0[0].fetch_add(1, Ordering::SeqCst);
    }

    fn on_end(&self, span: SpanData) {
        assert!(span.attributes.iter().any(|it| it.key.as_str() == "rpc.status_code"), "{span:?}");
        self.0[1].fetch_add(1, Ordering::SeqCst);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// The counts of all instruments, and the spans of one side.
struct Observers {
    spans: Spans,
    tracers: SdkTracerProvider,
    exporter: InMemoryMetricExporter,
    meters: SdkMeterProvider,
}

impl Observers {
    fn new() -> Self {
        let spans = Spans::default();
        let tracers = SdkTracerProvider::builder().with_span_processor(spans.clone()).build();
        let exporter = InMemoryMetricExporter::default();
        let reader =
            PeriodicReader::builder(exporter.clone()).with_interval(Duration::from_secs(3600)).build();
        Self { spans, tracers, exporter, meters: SdkMeterProvider::builder().with_reader(reader).build() }
    }

    /// Returns the number of calls of an instrument.
    fn calls(&self, name: &str) -> usize {
        self.exporter.reset();
        self.meters.force_flush().unwrap();
        let finished = self.exporter.get_finished_metrics().unwrap();
        let metrics =
            finished.iter().flat_map(ResourceMetrics::scope_metrics).flat_map(ScopeMetrics::metrics);
        let count: u64 = metrics
            .filter(|metric| metric.name() == name)
            .map(|metric| match metric.data() {
                AggregatedMetrics::F64(MetricData::Histogram(it)) => {
                    it.data_points().map(HistogramDataPoint::count).sum()
                }
                AggregatedMetrics::U64(MetricData::Histogram(it)) => {
                    it.data_points().map(HistogramDataPoint::count).sum()
                }
                AggregatedMetrics::U64(MetricData::Sum(it)) => {
                    it.data_points().map(SumDataPoint::value).sum::<u64>()
                }
                other => panic!("no instrument of ours makes {other:?}"),
            })
            .sum();
        usize::try_from(count).unwrap()
    }
}

#[derive(Clone)]
struct Service {
    trace: Trace,
    metrics: Metrics,
    grpc: GrpcMetrics,
}

#[interceptor(&self.trace, &self.metrics, &self.grpc, MessageEvents::server())]
impl Greeter for Service {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        yield_now().await;
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..4).then(move |_| {
            let reply = request.name.clone();
            async move {
                yield_now().await;
                Ok(HelloResponse { reply })
            }
        }))
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

/// The numbers of a call, the same in each run: its shape, and the polls after which it is given up.
fn numbers(call: usize) -> (usize, usize) {
    let mut seed = call as u64 + 0x9e37_79b9_7f4a_7c15;
    for shift in [30, 27, 31] {
        seed = (seed ^ (seed >> shift)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    let seed = usize::try_from(seed >> 32).unwrap();
    (call % 4, seed % 40)
}

async fn make(mut client: GreeterClient<Client<Channel>>, shape: usize) {
    let requests = || tokio_stream::iter([hello("a"), hello("b"), hello("c")]);
    let stream = match shape {
        0 => return drop(client.say_hello(hello("a")).await),
        1 => return drop(client.lots_of_greetings(requests()).await),
        2 => client.lots_of_replies(hello("a")).await,
        _ => client.bidi_hello(requests()).await,
    };
    let Ok(stream) = stream else { return };
    let mut stream = stream.into_inner();
    while let Ok(Some(_)) = stream.message().await {}
}

async fn every_span_ends_and_every_call_is_measured(setup: Setup) {
    let (on_server, on_client) = (Observers::new(), Observers::new());
    let service = Service {
        trace: Trace::server().tracer_provider(&on_server.tracers),
        metrics: Metrics::server(GREETER).meter_provider(&on_server.meters),
        grpc: GrpcMetrics::server(GREETER).meter_provider(&on_server.meters),
    };
    let addr = serve_in!(setup, GreeterServer::new(service));
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect().await.unwrap();
    let chain = (
        Trace::client().tracer_provider(&on_client.tracers),
        Metrics::client(GREETER).meter_provider(&on_client.meters),
        GrpcMetrics::client(GREETER).meter_provider(&on_client.meters),
    );
    let greeter = GreeterClient::new(client(channel, chain));

    let mut tasks = JoinSet::new();
    let mut completed = 0;
    for call in 0..CALLS {
        let greeter = greeter.clone();
        tasks.spawn(async move {
            let (shape, polls) = numbers(call);
            let give_up = async {
                for _ in 0..polls {
                    yield_now().await;
                }
            };
            tokio::select! {
                () = make(greeter, shape) => true,
                () = give_up => false,
            }
        });
        if tasks.len() == 100 {
            completed += usize::from(tasks.join_next().await.unwrap().unwrap());
        }
    }
    while let Some(is_complete) = tasks.join_next().await {
        completed += usize::from(is_complete.unwrap());
    }
    assert!((1..CALLS).contains(&completed), "{completed} of the calls were completed");

    let [started, ended] = on_client.spans.started_and_ended();
    assert_eq!(started, ended);
    for name in ["rpc.client.call.duration", "grpc.client.call.duration"] {
        assert_eq!(on_client.calls(name), started, "{name}");
    }
    // The server learns of the end of a call some time later.
    surely(async {
        loop {
            let before = on_server.spans.started_and_ended();
            for _ in 0..100 {
                yield_now().await;
            }
            let [started, ended] = on_server.spans.started_and_ended();
            if started == ended && [started, ended] == before {
                break;
            }
        }
    })
    .await;
    let [started, _] = on_server.spans.started_and_ended();
    assert!(started > 100, "{started} calls reached the server");
    for name in [
        "rpc.server.call.duration",
        "grpc.server.call.started",
        "grpc.server.call.duration",
        "grpc.server.call.sent_total_compressed_message_size",
        "grpc.server.call.rcvd_total_compressed_message_size",
    ] {
        assert_eq!(on_server.calls(name), started, "{name}");
    }
}
