//! Servers whose every call is seen.
//!
//! All of them have the same subscriber, which writes lines at INFO to nowhere, and the same provider of OpenTelemetry, which
//! samples one trace of a hundred.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use ::vestibule::{MethodInfo, Mount, Shape, Status, interceptor};
use opentelemetry::global;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tracing::Level;
use vestibule_interceptors::{AccessLog, Audit, JsonLines, Metrics, Sample, SetRequestId, Trace, WhenFull};

use super::bare::Bare;
use super::{incoming, serve_routed};

static METHODS: [&MethodInfo; 2] = [
    &MethodInfo::new("/probe.Probe/Echo", Shape::Unary),
    &MethodInfo::new("/probe.Probe/GetURL", Shape::Unary),
];

/// One successful call of a hundred has a line.
static SAMPLE: Sample = Sample::one_in(100);

#[derive(Clone)]
struct Observed {
    trace: Trace,
    metrics: Metrics,
    audit: Audit,
}

#[interceptor(
    _id = SetRequestId::new(),
    &self.trace,
    _log = AccessLog::server().sample_successes(&SAMPLE),
    &self.metrics,
    &self.audit,
)]
impl Probe for Observed {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// Serves a mount behind a request id, a trace, a log, metrics and an audit.
pub(super) async fn mount(listener: TcpListener) {
    observe();
    // It exports once a minute, and so not while the server is measured.
    let reader = PeriodicReader::builder(InMemoryMetricExporter::default()).build();
    let meters = SdkMeterProvider::builder().with_reader(reader).build();
    let observed = Observed {
        trace: Trace::server(),
        metrics: Metrics::server(&METHODS).meter_provider(&meters),
        audit: Audit::new(
            JsonLines::new(io::sink()),
            NonZeroUsize::MIN.saturating_add(999),
            WhenFull::Block(Duration::from_secs(20)),
        ),
    };
    serve_routed(Mount::new(observed), listener).await;
}

/// Serves tonic's server behind tower-http's layer, with a span and a line for each call at INFO.
pub(super) async fn trace_layer(listener: TcpListener) {
    observe();
    let layer = TraceLayer::new_for_grpc()
        .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
        .on_response(DefaultOnResponse::new().level(Level::INFO));
    let server = Server::builder().layer(layer).add_service(ProbeServer::new(Bare));
    server.serve_with_incoming(incoming(listener)).await.expect("the server runs");
}

/// Serves tonic's server behind tower-http's layer with its defaults, whose spans and lines at DEBUG nobody wants.
pub(super) async fn silent_trace_layer(listener: TcpListener) {
    observe();
    let server = Server::builder().layer(TraceLayer::new_for_grpc()).add_service(ProbeServer::new(Bare));
    server.serve_with_incoming(incoming(listener)).await.expect("the server runs");
}

/// Installs the subscriber and the provider of the process.
fn observe() {
    tracing_subscriber::fmt().with_max_level(Level::INFO).with_writer(io::sink).init();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(0.01)));
    global::set_tracer_provider(SdkTracerProvider::builder().with_sampler(sampler).build());
}
