//! A program of its own: these lines are written once in a process.

#[path = "../../runtime/tests/support/mod.rs"]
mod support;

use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use support::log::log_of;
use support::{connect_greeter, hello, serve};
use tower_layer::Layer;
use vestibule_interceptors::{
    AccessLog, GrpcMetrics, MessageEvents, Metrics, Prometheus, Trace, TracingSpan,
};

/// Has the default method for each rpc.
struct Stubs;

#[tonic::async_trait]
impl Greeter for Stubs {}

/// Calls a service behind a layer twice, and returns the log. All of it runs in this thread.
macro_rules! log_of_two_calls {
    ($chain:expr) => {
        log_of(async {
            let service = vestibule::layer($chain).layer(GreeterServer::new(Stubs));
            let mut client = connect_greeter(serve(service).await).await;
            for _ in 0..2 {
                client.say_hello(hello("ada")).await.unwrap_err();
            }
        })
        .0
    };
}

#[test]
fn an_interceptor_on_the_wrong_side_says_so() {
    let (tracers, meters) = (SdkTracerProvider::builder().build(), SdkMeterProvider::builder().build());
    let chain = (
        Trace::client().tracer_provider(&tracers),
        TracingSpan::client(),
        AccessLog::client(),
        MessageEvents::client(),
        Metrics::client(&[]).meter_provider(&meters),
        GrpcMetrics::client(&[]).meter_provider(&meters),
        Prometheus::client(&[]),
    );
    let log = log_of_two_calls!(chain);
    for name in ["Trace", "TracingSpan", "AccessLog", "MessageEvents", "Metrics", "GrpcMetrics", "Prometheus"]
    {
        let line = format!(" `{name}::client` stands on a server: write `{name}::server`");
        assert_eq!(log.matches(&line).count(), 1, "{line}: {log}");
    }
    // The name of a span is never that of the wire on a server.
    assert!(log.contains(r#"rpc{otel.name="grpc" otel.kind="server""#), "{log}");
    assert!(!log.contains(r#"otel.name="pb"#) && log.contains(r#"side="server""#), "{log}");
}

#[test]
fn events_in_front_of_their_span_are_warned_of() {
    let tracers = SdkTracerProvider::builder().build();
    let in_order = (Trace::server().tracer_provider(&tracers), MessageEvents::server());
    let log = log_of_two_calls!(in_order);
    assert!(!log.contains("MessageEvents"), "{log}");
    let out_of_order = (MessageEvents::server(), Trace::server().tracer_provider(&tracers));
    let log = log_of_two_calls!(out_of_order);
    let line = "WARN vestibule: `MessageEvents` has no span to which it could add events";
    assert_eq!(log.matches(line).count(), 1, "{log}");
}
