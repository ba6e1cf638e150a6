//! `--otlp` sends spans and metrics to a collector.

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use support::{program, surely};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// Keeps all that it receives.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    metrics: Arc<Mutex<Vec<ExportMetricsServiceRequest>>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.spans.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.metrics.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_receives_spans_and_metrics() {
    let collector = Collector::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = Server::builder()
        .add_service(TraceServiceServer::new(collector.clone()))
        .add_service(MetricsServiceServer::new(collector.clone()));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));

    let output = surely(tokio::task::spawn_blocking(move || program().args(["--otlp", &url]).output()));
    let output = output.await.unwrap().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("The collector has the traces."), "{stdout}");

    let spans = collector.spans.lock().unwrap();
    let of_scopes =
        spans.iter().flat_map(|request| &request.resource_spans).flat_map(|spans| &spans.scope_spans);
    let spans: Vec<_> = of_scopes.flat_map(|spans| &spans.spans).collect();
    let traces: BTreeSet<_> = spans.iter().map(|span| &span.trace_id).collect();
    assert_eq!((spans.len(), traces.len()), (12, 5), "five calls of the greeter, and what they call");
    let metrics = collector.metrics.lock().unwrap();
    let of_scopes = metrics
        .iter()
        .flat_map(|request| &request.resource_metrics)
        .flat_map(|metrics| &metrics.scope_metrics);
    let names: BTreeSet<_> =
        of_scopes.flat_map(|metrics| &metrics.metrics).map(|metric| &*metric.name).collect();
    assert_eq!(names, ["rpc.client.call.duration", "rpc.server.call.duration"].into());
}
