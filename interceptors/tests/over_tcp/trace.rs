//! `Trace` makes one span of each call, whose every attribute is as the conventions say.

use opentelemetry::trace::{SpanKind, Status as SpanStatus};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use proto::hello::greeter_server::GreeterServer;
use vestibule_interceptors::Trace;

use super::ended_calls::{End, call};
use super::observed::{METHODS, Observed};
use crate::support::untimed::connect_untimed;
use crate::support::{Setup, in_every_setup, serve_in, surely};

in_every_setup!(each_call_has_one_span_that_says_how_it_ended,);

/// Returns a provider that keeps its spans in memory.
pub(crate) fn provider() -> (InMemorySpanExporter, SdkTracerProvider) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    (exporter, provider)
}

/// Waits until this number of spans has ended, and takes them.
pub(crate) async fn take(exporter: &InMemorySpanExporter, count: usize) -> Vec<SpanData> {
    surely(async {
        loop {
            let spans = exporter.get_finished_spans().unwrap();
            if spans.len() >= count {
                exporter.reset();
                return spans;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

/// Returns everything that a span says, apart from its ids and times. A port is replaced by `PORT`.
pub(crate) fn told(span: &SpanData) -> String {
    let attributes: Vec<_> = span
        .attributes
        .iter()
        .map(|attribute| match attribute.key.as_str() {
            "network.peer.port" => "network.peer.port=PORT".to_owned(),
            key => format!("{key}={}", attribute.value),
        })
        .collect();
    let events: Vec<_> = span
        .events
        .iter()
        .map(|event| {
            let of_event = event.attributes.iter().map(|attribute| attribute.value.to_string());
            format!("{} {}", event.name, of_event.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert!(span.links.is_empty() && span.dropped_attributes_count == 0, "{span:?}");
    assert!(span.end_time >= span.start_time, "{span:?}");
    format!(
        "{:?} {}: {} [{}] {:?}",
        span.span_kind,
        span.name,
        attributes.join(" "),
        events.join(", "),
        span.status
    )
}

async fn each_call_has_one_span_that_says_how_it_ended(setup: Setup) {
    let (exporter, provider) = provider();
    let service = Observed::new(Trace::server().tracer_provider(&provider));
    let hanging = service.hanging.clone();
    let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
    for method in METHODS {
        for end in End::ALL {
            call(client.clone(), method, end, &hanging).await;
            let spans = take(&exporter, 1).await;
            let code = vestibule::code_name(end.code());
            let (error, status) = match end {
                End::Failure | End::Panic | End::Deadline => {
                    (format!(" error.type={code}"), SpanStatus::error(""))
                }
                _ => (String::new(), SpanStatus::Unset),
            };
            let expected = format!(
                "{:?} {method}: rpc.system.name=grpc rpc.method={method} network.peer.address=127.0.0.1 \
                 network.peer.port=PORT rpc.status_code={code}{error} [] {status:?}",
                SpanKind::Server,
            );
            assert_eq!(spans.iter().map(told).collect::<Vec<_>>(), [expected], "{end:?}");
        }
    }
}
