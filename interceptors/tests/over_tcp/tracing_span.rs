//! `TracingSpan` makes one span of each call, with the same fields as `Trace`.

use std::sync::Once;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tonic::transport::Endpoint;
use tower_layer::Layer;
use tracing_subscriber::fmt::format::FmtSpan;
use vestibule::descriptor::DescribedService;
use vestibule::{Call, client};
use vestibule_interceptors::{Recover, SetRequestId, TracingSpan};

use super::ended_calls::{End, call};
use super::observed::{METHODS, Observed};
use crate::support::log::{Log, log_of};
use crate::support::untimed::connect_untimed;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve, serve_in, surely};

in_every_setup!(sync each_call_has_one_span_that_says_how_it_ended);

/// Makes calls in this thread, and returns the lines of the spans that they close. `calls` returns their number.
fn closed_spans<F: Future<Output = usize>>(calls: impl FnOnce() -> F) -> Vec<String> {
    static READY: Once = Once::new();
    // This prepares the process for subscribers of one thread.
    READY.call_once(|| drop(log_of(async {})));
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().unwrap();
    let closed = || -> Vec<String> {
        let text = log.text();
        text.lines().filter(|line| line.contains("close")).map(|line| without_port(line.trim())).collect()
    };
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let count = calls().await;
            // A server learns of a client that is gone some time later.
            surely(async {
                while closed().len() < count {
                    tokio::task::yield_now().await;
                }
            })
            .await;
        });
    });
    closed()
}

/// Replaces the port of the client by `PORT`.
fn without_port(line: &str) -> String {
    const KEY: &str = "network.peer.port=";
    let Some(start) = line.find(KEY).map(|index| index + KEY.len()) else { return line.to_owned() };
    let digits = line[start..].bytes().take_while(u8::is_ascii_digit).count();
    format!("{}PORT{}", &line[..start], &line[start + digits..])
}

fn expected(method: &str, end: End) -> String {
    let code = vestibule::code_name(end.code());
    let error = match end {
        End::Failure | End::Panic | End::Deadline => {
            format!(r#" error.type="{code}" otel.status_code="ERROR""#)
        }
        _ => String::new(),
    };
    format!(
        r#"INFO rpc{{otel.name="{method}" otel.kind="server" rpc.system.name="grpc" rpc.method="{method}" network.peer.address=127.0.0.1 network.peer.port=PORT rpc.status_code="{code}"{error}}}: vestibule: close"#
    )
}

fn each_call_has_one_span_that_says_how_it_ended(setup: Setup) {
    let mut spans = closed_spans(async || {
        let service = Observed::new(TracingSpan::server());
        let hanging = service.hanging.clone();
        let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
        for method in METHODS {
            for end in End::ALL {
                call(client.clone(), method, end, &hanging).await;
            }
        }
        METHODS.len() * End::ALL.len()
    });
    let mut all: Vec<_> =
        METHODS.iter().flat_map(|method| End::ALL.map(|end| expected(method, end))).collect();
    spans.sort();
    all.sort();
    assert_eq!(spans, all);
}

#[test]
fn events_of_a_handler_are_in_the_span() {
    let (log, ()) = log_of(async {
        let span = TracingSpan::server().methods(GreeterServer::<()>::INFO.methods());
        let layer = vestibule::layer((SetRequestId::new(), span));
        let service = GreeterServer::new(Observed::new(None::<Recover>));
        let mut client = connect_greeter(serve(layer.layer(service)).await).await;
        client.say_hello(hello("panic")).await.unwrap_err();
    });
    // The chain logs the panic while the span is open.
    let line = log.lines().find(|line| line.contains("a call panicked")).unwrap();
    assert!(line.contains(r#"rpc{otel.name="pb.Greeter/SayHello" otel.kind="server""#), "{line}");
    // The id joins the line with those of `AccessLog` and `Audit`.
    assert!(line.contains(r#" request_id=""#), "{line}");
}

#[test]
fn a_method_that_no_list_names_is_other() {
    let spans = closed_spans(async || {
        let layer = vestibule::layer((TracingSpan::server(),));
        let service = GreeterServer::new(Observed::new(None::<Recover>));
        let mut client = connect_greeter(serve(layer.layer(service)).await).await;
        client.say_hello(hello("ada")).await.unwrap();
        1
    });
    assert_eq!(
        spans,
        [
            r#"INFO rpc{otel.name="grpc" otel.kind="server" rpc.system.name="grpc" rpc.method="_OTHER" rpc.method_original="pb.Greeter/SayHello" network.peer.address=127.0.0.1 network.peer.port=PORT rpc.status_code="OK"}: vestibule: close"#
        ],
    );
}

#[test]
fn a_client_has_a_span_whose_parent_a_function_may_set() {
    fn note(span: &tracing::Span, call: &Call) {
        span.record("network.peer.address", "set by the function");
        call.outgoing_metadata().insert("x-refuse", "yes".parse().unwrap());
    }

    let spans = closed_spans(async || {
        let addr = serve(GreeterServer::new(Observed::new(None::<Recover>))).await;
        let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
        let mut greeter = GreeterClient::new(client(channel, (TracingSpan::client().on_start(note),)));
        surely(greeter.say_hello(hello("ada"))).await.unwrap_err();
        1
    });
    assert_eq!(
        spans,
        [
            r#"INFO rpc{otel.name="pb.Greeter/SayHello" otel.kind="client" rpc.system.name="grpc" rpc.method="pb.Greeter/SayHello" network.peer.address="set by the function" rpc.status_code="UNAUTHENTICATED" error.type="UNAUTHENTICATED" otel.status_code="ERROR"}: vestibule: close"#
        ],
    );
}
