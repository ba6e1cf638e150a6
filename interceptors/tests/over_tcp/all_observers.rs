//! A service with all observers: what they say of one call belongs together, and they agree how it has ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_sdk::trace::SpanData;
use prometheus_client::registry::Registry;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tracing_subscriber::fmt::format::FmtSpan;
use vestibule::{Call, Status, Streaming, interceptor};
use vestibule_interceptors::{
    AccessLog, Audit, Deadline, GrpcMetrics, Metrics, Prometheus, SetRequestId, Trace, TracingSpan,
};

use super::logged::audit_to;
use super::metrics::Meters;
use super::prometheus::{methods, registered, scraped};
use super::slow::reply;
use super::trace::{provider, take};
use crate::support::log::{Log, enable};
use crate::support::untimed::connect_untimed;
use crate::support::{Setup, all_responses, hello, in_every_setup, serve_in, surely};

in_every_setup!(
    sync
    the_line_of_a_call_is_an_event_of_its_span,
    a_limit_before_them_does_not_change_the_code_of_a_client_that_is_gone,
    a_limit_after_them_does_not_change_the_code_of_a_client_that_is_gone,
    a_panic_of_a_destructor_does_not_change_the_code_of_a_client_that_is_gone,
);

/// The place of a limit that is over at once. With a limit, a call hangs before its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    None,
    BeforeObservers,
    AfterObservers,
}

#[derive(Clone)]
struct Seen {
    trace: Trace,
    metrics: Metrics,
    grpc_metrics: GrpcMetrics,
    prometheus: Prometheus,
    audit: Audit,
    limit: Limit,
    hanging: Arc<Notify>,
}

impl Seen {
    async fn act(&self, name: String) -> Result<HelloResponse, Status> {
        match name.as_str() {
            "fail" => return Err(Status::data_loss("a text")),
            "hang" => hang(&self.hanging).await,
            "hang and panic" => {
                let _panics = PanicsWhenDropped;
                hang(&self.hanging).await;
            }
            _ => {}
        }
        Ok(reply(name))
    }

    /// Returns the limit of the server, unless an earlier one would end the call at once.
    fn deadline(&self) -> Option<Deadline> {
        (self.limit != Limit::BeforeObservers).then(|| Deadline::at_most(Duration::from_secs(60)))
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("the destructor has a bug");
    }
}

async fn hang(hanging: &Notify) {
    hanging.notify_one();
    std::future::pending::<()>().await;
}

#[interceptor(phase = Observe)]
async fn limit_before(call: &Call, limit: Limit) -> Result<(), Status> {
    if limit == Limit::BeforeObservers {
        call.limit_deadline(Instant::now());
    }
    Ok(())
}

#[interceptor]
async fn limit_after(call: &Call, limit: Limit, hanging: &Notify) -> Result<(), Status> {
    if limit == Limit::AfterObservers {
        call.limit_deadline(Instant::now());
    }
    if limit != Limit::None {
        hang(hanging).await;
    }
    Ok(())
}

#[interceptor(
    SetRequestId::new().trust(|_: &Call| true),
    limit_before(self.limit),
    &self.trace,
    TracingSpan::server(),
    AccessLog::server(),
    &self.metrics,
    &self.grpc_metrics,
    &self.prometheus,
    &self.audit,
    self.deadline(),
    limit_after(self.limit, &self.hanging)
)]
impl Greeter for Seen {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.act(request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(["first".to_owned(), request.name]).then(|name| self.act(name)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = reply("none");
        while let Some(request) = requests.message().await? {
            last = self.act(request.name).await?;
        }
        Ok(last)
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { self.act(request?.name).await }))
    }
}

/// What observed the calls of one service.
struct Observers {
    log: Log,
    audit: Log,
    spans: opentelemetry_sdk::trace::InMemorySpanExporter,
    meters: Meters,
    registry: Registry,
}

fn observed(log: Log, limit: Limit) -> (Seen, Observers) {
    let (audit, meters) = (Log::default(), Meters::new());
    let (spans, tracers) = provider();
    let prometheus = Prometheus::server(methods());
    let registry = registered(&prometheus);
    let seen = Seen {
        trace: Trace::server().tracer_provider(&tracers),
        metrics: Metrics::server(methods()).meter_provider(&meters.provider),
        grpc_metrics: GrpcMetrics::server(methods()).meter_provider(&meters.provider),
        prometheus,
        audit: audit_to(&audit),
        limit,
        hanging: Arc::default(),
    };
    (seen, Observers { log, audit, spans, meters, registry })
}

/// Runs a test in this thread alone, with a log of all events and of all spans that close.
fn logging<F: Future>(run: impl FnOnce(Log) -> F) -> F::Output {
    enable();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(run(log)))
}

/// Waits until the log has `count` lines that contain `text`, and returns them.
async fn lines(log: &Log, count: usize, text: &str) -> Vec<String> {
    surely(async {
        loop {
            let all = log.text();
            let found: Vec<_> = all.lines().filter(|line| line.contains(text)).collect();
            if found.len() >= count {
                return found.into_iter().map(|line| line.trim().to_owned()).collect();
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

fn attribute(span: &SpanData, key: &str) -> Option<String> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key.as_str() == key)?;
    Some(attribute.value.to_string())
}

fn with_id<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-request-id", "request-7".parse().unwrap());
    request
}

fn the_line_of_a_call_is_an_event_of_its_span(setup: Setup) {
    logging(|log| async move {
        let (seen, observers) = observed(log, Limit::None);
        let hanging = Arc::clone(&seen.hanging);
        let mut client = connect_untimed(serve_in!(setup, GreeterServer::new(seen))).await;
        for name in ["ada", "fail"] {
            let requests = || with_id(tokio_stream::iter([hello(name)]));
            _ = client.say_hello(with_id(hello(name))).await;
            _ = all_responses(client.lots_of_replies(with_id(hello(name))).await).await;
            _ = client.lots_of_greetings(requests()).await;
            _ = all_responses(client.bidi_hello(requests()).await).await;
        }
        let mut stream = client.lots_of_replies(with_id(hello("hang"))).await.unwrap().into_inner();
        stream.message().await.unwrap();
        hanging.notified().await;
        drop(stream);

        let all_lines = lines(&observers.log, 9, "vestibule::access: finished call").await;
        for line in &all_lines {
            let (span, event) = line.split_once("}: vestibule::access: ").unwrap();
            assert!(span.starts_with("INFO rpc{") || span.starts_with("ERROR rpc{"), "{line}");
            assert!(span.contains(r#" request_id="request-7""#), "{line}");
            assert!(event.contains(r#" request_id="request-7""#), "{line}");
        }
        for span in take(&observers.spans, 9).await {
            assert_eq!(attribute(&span, "request_id").as_deref(), Some("request-7"), "{span:?}");
            let ids = &span.span_context;
            let ids = format!(" trace_id=\"{}\" span_id=\"{}\"", ids.trace_id(), ids.span_id());
            assert_eq!(
                all_lines.iter().filter(|line| line.contains(&ids)).count(),
                1,
                "{ids}: {all_lines:?}"
            );
        }
    });
}

fn a_limit_before_them_does_not_change_the_code_of_a_client_that_is_gone(setup: Setup) {
    all_say_cancelled(setup, Limit::BeforeObservers, "ada");
}

fn a_limit_after_them_does_not_change_the_code_of_a_client_that_is_gone(setup: Setup) {
    all_say_cancelled(setup, Limit::AfterObservers, "ada");
}

fn a_panic_of_a_destructor_does_not_change_the_code_of_a_client_that_is_gone(setup: Setup) {
    let log = all_say_cancelled(setup, Limit::None, "hang and panic");
    assert!(log.contains("a call panicked"), "{log}");
}

/// A client without a deadline leaves. The limits of the server have ended nothing, so all observers name the client.
fn all_say_cancelled(setup: Setup, limit: Limit, name: &str) -> String {
    logging(|log| async move {
        let (seen, observers) = observed(log, limit);
        let hanging = Arc::clone(&seen.hanging);
        let mut client = connect_untimed(serve_in!(setup, GreeterServer::new(seen))).await;
        tokio::select! {
            _ = client.say_hello(hello(name)) => panic!("it hangs"),
            () = hanging.notified() => {}
        }
        drop(client);

        let Observers { log, audit, spans, meters, registry } = observers;
        let line = lines(&log, 1, "vestibule::access: finished call").await.remove(0);
        assert!(line.contains(r#" code="CANCELLED" ended_by="interrupted""#), "{line}");
        let line = lines(&log, 1, "vestibule: close").await.remove(0);
        assert!(line.contains(r#" rpc.status_code="CANCELLED""#), "{line}");
        let line = lines(&audit, 1, "code").await.remove(0);
        assert!(line.contains(r#""code":"CANCELLED""#), "{line}");
        let span = take(&spans, 1).await.remove(0);
        assert_eq!(attribute(&span, "rpc.status_code").as_deref(), Some("CANCELLED"));
        let points = meters.wait("rpc.server.call.duration s", 1).await;
        for (name, attribute) in [
            ("rpc.server.call.duration s", "rpc.status_code=CANCELLED"),
            ("grpc.server.call.duration s", "grpc.status=CANCELLED"),
        ] {
            assert!(points[name].keys().all(|key| key.contains(attribute)), "{name}: {points:?}");
        }
        assert!(scraped(&registry).contains(r#"grpc_method="SayHello",grpc_code="Canceled"} 1"#));
        log.text()
    })
}
