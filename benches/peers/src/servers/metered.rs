//! Servers that only count: our metrics, and those of two crates that are tower layers.

use ::vestibule::{Hooks, Interceptor, MethodInfo, Mount, Rpc, Shape, Status, interceptor};
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::transport::Server;
use vestibule_interceptors::{Metrics, Prometheus};

use super::bare::Bare;
use super::{incoming, serve_routed};

static METHODS: [&MethodInfo; 2] = [
    &MethodInfo::new("/probe.Probe/Echo", Shape::Unary),
    &MethodInfo::new("/probe.Probe/GetURL", Shape::Unary),
];

#[derive(Clone)]
struct Metered<I>(I);

#[interceptor(&self.0)]
impl<I> Probe for Metered<I>
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

/// Serves a mount behind OpenTelemetry's metrics.
pub(super) async fn metrics(listener: TcpListener) {
    let meters = provider();
    let metrics = Metrics::server(&METHODS).meter_provider(&meters);
    serve_routed(Mount::<_, ProbeServer<_>>::new(Metered(metrics)), listener).await;
}

/// Serves a mount behind the metrics of go-grpc-prometheus.
pub(super) async fn prometheus(listener: TcpListener) {
    serve_routed(Mount::<_, ProbeServer<_>>::new(Metered(Prometheus::server(&METHODS))), listener).await;
}

/// Serves tonic's server behind the metrics of tower-otel, which are those of HTTP.
pub(super) async fn tower_otel(listener: TcpListener) {
    let meters = provider();
    let layer = tower_otel::metrics::HttpLayer::server(&meters.meter("peers"));
    let server = Server::builder().layer(layer).add_service(ProbeServer::new(Bare));
    server.serve_with_incoming(incoming(listener)).await.expect("the server runs");
}

/// Serves tonic's server behind `tonic_prometheus_layer`, which looks at the headers of a response alone.
pub(super) async fn tonic_prometheus_layer(listener: TcpListener) {
    tonic_prometheus_layer::metrics::try_init_settings(Default::default()).expect("the first settings");
    let layer = tonic_prometheus_layer::MetricsLayer::new();
    let server = Server::builder().layer(layer).add_service(ProbeServer::new(Bare));
    server.serve_with_incoming(incoming(listener)).await.expect("the server runs");
}

/// It exports once a minute, and so not while the server is measured.
fn provider() -> SdkMeterProvider {
    let reader = PeriodicReader::builder(InMemoryMetricExporter::default()).build();
    SdkMeterProvider::builder().with_reader(reader).build()
}
