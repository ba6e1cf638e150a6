//! `Trace` in a layer and on a client, and the events of messages.

use std::task::{Context, Waker};

use opentelemetry::trace::SpanKind;
use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use tokio_stream::StreamExt;
use tonic::transport::Endpoint;
use tonic::{Code, Request};
use tower_layer::Layer;
use vestibule::descriptor::DescribedService;
use vestibule::{Status, client, interceptor};
use vestibule_interceptors::{MessageEvents, Metrics, Recover, Trace};

use super::ended_calls::{End, SECRET, call};
use super::metrics::Meters;
use super::observed::{METHODS, Observed};
use super::trace::{provider, take, told};
use crate::support::untimed::connect_untimed;
use crate::support::{all_responses, connect_greeter, hello, serve, surely};

/// An interceptor that does nothing, for a service that another place observes.
const NOTHING: Option<Recover> = None;

#[tokio::test]
async fn a_layer_names_the_methods_of_its_list() {
    let (exporter, provider) = provider();
    let trace = Trace::server().tracer_provider(&provider).methods(GreeterServer::<()>::INFO.methods());
    let service = Observed::new(NOTHING);
    let hanging = service.hanging.clone();
    let layer = vestibule::layer((trace,));
    let addr = serve(layer.layer(GreeterServer::new(service))).await;
    let at = format!("server.address=127.0.0.1 server.port={}", addr.port());
    let client = connect_untimed(addr).await;
    for method in METHODS {
        for end in End::ALL {
            call(client.clone(), method, end, &hanging).await;
            let spans = take(&exporter, 1).await;
            let code = vestibule::code_name(end.code());
            let (start, status) = (
                format!("Server {method}: rpc.system.name=grpc rpc.method={method} {at} network."),
                format!(" rpc.status_code={code} "),
            );
            let told = told(&spans[0]);
            assert!(told.starts_with(&start) && told.contains(&status), "{end:?} {told}");
            assert_eq!(spans.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_method_that_no_list_names_is_other() {
    let (exporter, provider) = provider();
    let trace = Trace::server().tracer_provider(&provider);
    let layer = vestibule::layer((trace,));
    let addr = serve(layer.layer(GreeterServer::new(Observed::new(NOTHING)))).await;
    connect_greeter(addr).await.say_hello(hello("ada")).await.unwrap();
    assert_eq!(
        told(&take(&exporter, 1).await[0]),
        format!(
            "Server grpc: rpc.system.name=grpc rpc.method=_OTHER server.address=127.0.0.1 server.port={} \
             rpc.method_original=pb.Greeter/SayHello network.peer.address=127.0.0.1 network.peer.port=PORT \
             rpc.status_code=OK [] Unset",
            addr.port(),
        ),
    );
}

#[tokio::test]
async fn a_client_has_one_span_of_each_call() {
    let (exporter, provider) = provider();
    let addr = serve(GreeterServer::new(Observed::new(NOTHING))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let trace = Trace::client().tracer_provider(&provider).server_address("greeter.example.com", 443);
    let mut greeter = GreeterClient::new(client(channel, (trace,)));
    for (name, code) in [
        ("ada", Code::Ok),
        ("fail", Code::DataLoss),
        ("not found", Code::NotFound),
        ("panic", Code::Internal),
        ("late", Code::DeadlineExceeded),
    ] {
        let request = |name| {
            let mut request = Request::new(hello(name));
            request.set_timeout(std::time::Duration::from_secs(if name == "late" { 1 } else { 60 }));
            request
        };
        let assert_span = async |method: &str, code: Code| {
            let spans = take(&exporter, 1).await;
            let code = vestibule::code_name(code);
            let (error, status) = match code {
                "OK" => (String::new(), "Unset"),
                _ => (format!(" error.type={code}"), r#"Error { description: "" }"#),
            };
            let expected = format!(
                "Client {method}: rpc.system.name=grpc rpc.method={method} server.address=greeter.example.com \
                 server.port=443 rpc.status_code={code}{error} [] {status}"
            );
            assert_eq!(spans.iter().map(told).collect::<Vec<_>>(), [expected]);
        };
        let result = greeter.say_hello(request(name)).await;
        assert_eq!(result.err().map_or(Code::Ok, |status| status.code()), code);
        assert_span("pb.Greeter/SayHello", code).await;

        let end = all_responses(greeter.lots_of_replies(request(name)).await).await.1;
        assert_eq!(end.err().map_or(Code::Ok, |(code, _)| code), code);
        assert_span("pb.Greeter/LotsOfReplies", code).await;
    }
}

#[tokio::test]
async fn the_origin_of_a_client_is_the_address_of_its_server() {
    let (exporter, provider) = provider();
    let addr = serve(GreeterServer::new(Observed::new(NOTHING))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    for (origin, expected) in [
        ("http://greeter.example.com:81", "server.address=greeter.example.com server.port=81 "),
        ("http://greeter.example.com", "server.address=greeter.example.com rpc.status_code"),
        ("http://[::1]:81", "server.address=::1 server.port=81 "),
    ] {
        let trace = Trace::client().tracer_provider(&provider);
        let client = client(channel.clone(), (trace,)).origin(origin.parse().unwrap());
        GreeterClient::new(client).say_hello(hello("ada")).await.unwrap();
        let told = told(&take(&exporter, 1).await[0]);
        assert!(told.contains(expected), "{told}");
    }
}

#[tokio::test]
async fn a_client_that_drops_its_call_or_its_stream_has_cancelled_it() {
    let (exporter, provider) = provider();
    let service = Observed::new(NOTHING);
    let hanging = service.hanging.clone();
    let addr = serve(GreeterServer::new(service)).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let trace = Trace::client().tracer_provider(&provider);
    let mut greeter = GreeterClient::new(client(channel, (trace,)));
    tokio::select! {
        _ = greeter.say_hello(hello("hang")) => panic!("it hangs"),
        () = surely(hanging.notified()) => {}
    }
    let expected = |method: &str| {
        format!(
            "Client {method}: rpc.system.name=grpc rpc.method={method} rpc.status_code=CANCELLED \
             error.type=CANCELLED [] Error {{ description: \"\" }}"
        )
    };
    assert_eq!(told(&take(&exporter, 1).await[0]), expected("pb.Greeter/SayHello"));
    let mut stream = greeter.lots_of_replies(hello("hang")).await.unwrap().into_inner();
    stream.message().await.unwrap();
    drop(stream);
    assert_eq!(told(&take(&exporter, 1).await[0]), expected("pb.Greeter/LotsOfReplies"));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_error_of_the_client() {
    let (exporter, provider) = provider();
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let trace = Trace::client().tracer_provider(&provider);
    GreeterClient::new(client(channel, (trace,))).say_hello(hello("ada")).await.unwrap_err();
    let spans = take(&exporter, 1).await;
    assert!(told(&spans[0]).contains("rpc.status_code=UNAVAILABLE error.type=UNAVAILABLE"), "{spans:?}");
}

#[tokio::test]
async fn messages_are_events_of_a_span_if_it_is_asked_for() {
    let (exporter, provider) = provider();
    let observer = vestibule_interceptors::MessageEvents::server();
    let trace = Trace::server().tracer_provider(&provider);
    // The events stand in the impl, and the span in a layer.
    let layer = vestibule::layer((trace,));
    let addr = serve(layer.layer(GreeterServer::new(Observed::new(observer)))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let trace = Trace::client().tracer_provider(&provider);
    let mut greeter = GreeterClient::new(client(channel, (trace, MessageEvents::client())));
    let requests = tokio_stream::iter(["a", "bcd"]).map(hello);
    assert_eq!(all_responses(greeter.bidi_hello(requests).await).await.1, Ok(()));

    let spans = take(&exporter, 2).await;
    let events = |kind: SpanKind| {
        let span = spans.iter().find(|span| span.span_kind == kind).unwrap();
        let mut events: Vec<_> = span
            .events
            .iter()
            .map(|event| {
                let of_event = event.attributes.iter().map(|it| format!("{}={}", it.key, it.value));
                format!("{} {}", event.name, of_event.collect::<Vec<_>>().join(" "))
            })
            .collect();
        // The order of the two directions is not fixed.
        events.sort();
        events
    };
    let each = |name: &str| {
        [
            format!("{name} sequence-number=0 message-size=3"),
            format!("{name} sequence-number=1 message-size=5"),
        ]
    };
    let expected = [each("Inbound message"), each("Outbound message")].concat();
    assert_eq!(events(SpanKind::Server), expected);
    assert_eq!(events(SpanKind::Client), expected);
}

#[tokio::test]
async fn no_secret_of_a_call_is_in_any_span() {
    let (exporter, provider) = provider();
    let service = Observed::new(Trace::server().tracer_provider(&provider));
    let hanging = service.hanging.clone();
    let client = connect_untimed(serve(GreeterServer::new(service)).await).await;
    for (count, end) in End::ALL.into_iter().enumerate() {
        call(client.clone(), METHODS[0], end, &hanging).await;
        surely(async {
            while exporter.get_finished_spans().unwrap().len() <= count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    let all = format!("{:?}", take(&exporter, End::ALL.len()).await);
    assert!(all.contains("DATA_LOSS") && !all.contains(SECRET), "{all}");
}

#[test]
fn a_call_that_was_never_polled_has_no_span_and_one_that_is_dropped_by_a_panic_has_one() {
    let (exporter, provider) = provider();
    let meters = Meters::new();
    let observers =
        (Trace::server().tracer_provider(&provider), Metrics::server(&[]).meter_provider(&meters.provider));
    let traced = Observed::new(observers.0);
    drop(traced.say_hello(Request::new(hello("ada"))));
    assert!(exporter.get_finished_spans().unwrap().is_empty());

    let measured = Observed::new(observers.1);
    for mut call in
        [traced.say_hello(Request::new(hello("hang"))), measured.say_hello(Request::new(hello("hang")))]
    {
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let panicking = std::panic::AssertUnwindSafe(move || {
            let _dropped = call;
            panic!("what polls the call panics");
        });
        std::panic::catch_unwind(panicking).unwrap_err();
    }
    let spans = exporter.get_finished_spans().unwrap();
    assert_eq!(spans.len(), 1);
    assert!(told(&spans[0]).contains("rpc.status_code=CANCELLED"), "{spans:?}");
    let points = &meters.points()["rpc.server.call.duration s"];
    assert!(points.len() == 1 && points.keys().all(|it| it.contains("CANCELLED")), "{points:?}");
}

/// A service that never answers, and has no interceptor for deadlines.
#[derive(Clone)]
struct Late {
    trace: Trace,
}

#[interceptor(&self.trace)]
impl Calculatrice for Late {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        std::future::pending().await
    }
}

/// A mount ends a call itself a little before its deadline, and interrupts its chain.
#[tokio::test]
async fn a_call_that_a_mount_ends_at_its_deadline_is_late() {
    let (exporter, provider) = provider();
    let service = Late { trace: Trace::server().tracer_provider(&provider) };
    let addr = serve(vestibule::Mount::<_, CalculatriceServer<_>>::new(service)).await;
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let mut request = Request::new(AdditionRequest::default());
    request.set_timeout(std::time::Duration::from_millis(400));
    client.addition(request).await.unwrap_err();
    let told = told(&take(&exporter, 1).await[0]);
    assert!(told.contains("rpc.status_code=DEADLINE_EXCEEDED error.type=DEADLINE_EXCEEDED"), "{told}");
}
