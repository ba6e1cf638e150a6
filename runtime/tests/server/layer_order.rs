//! In front of a service that knows nothing of it, a chain keeps its order and its guarantees.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use proto::hello::greeter_server::GreeterServer;
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Code, layer};

use super::plain_service::{Plain, code_and_message, names, reply, traced};
use crate::support::log::log_in;
use crate::support::traceable::silence;
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{PATHS, all_responses, connect_greeter, hello, raw, serve, surely};

#[tokio::test]
async fn each_shape_has_the_trace_of_an_annotated_service() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = all_responses(client.lots_of_replies(hello("a b")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(client.lots_of_greetings(names()).await.unwrap().into_inner().reply, "a b");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = all_responses(client.bidi_hello(names()).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    let trace = tracer.take();
    // The moment when a message passes depends on the pieces in which the body comes.
    assert!(trace.starts_with("A.s B.s H A.r B.r") && trace.ends_with("B.w A.w B.f(ok) A.f(ok)"), "{trace}");
    let mut events: Vec<_> = trace.split(' ').collect();
    events.sort_unstable();
    assert_eq!(events.join(" "), "A.f(ok) A.r A.r A.s A.w A.w B.f(ok) B.r B.r B.s B.w B.w H");
}

#[tokio::test]
async fn a_start_that_rejects_is_answered_in_the_headers_alone() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let addr = traced(&tracer).await;
    for path in PATHS {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let response = raw::send(addr, raw::request(path).body(body).unwrap()).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(["grpc-status", "grpc-message"].map(|key| &headers[key]), ["10", "B.s"]);
        assert_eq!(headers["content-type"], "application/grpc");
        let body = response.into_body().collect().await.unwrap();
        assert!(body.trailers().is_none() && body.to_bytes().is_empty());
        assert_eq!(tracer.take(), "A.s B.s A.f(Aborted)");
    }
}

#[tokio::test]
async fn a_start_rejects_before_any_byte_of_the_body() {
    let tracer = Tracer::new(Plan { fails: "A.s", ..Plan::default() });
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(Plain::default()))).await;
    for path in PATHS {
        let reply = raw::reply(addr, raw::request(path).body(silence()).unwrap()).await;
        assert_eq!((path, reply.get("grpc-status")), (path, Some("10")));
        assert_eq!(tracer.take(), "A.s");
    }
}

#[tokio::test]
async fn a_message_that_is_rejected_does_not_reach_the_service() {
    let tracer = Tracer::new(Plan { fails: "B.r", ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(code_and_message(&status), (Code::Aborted, "B.r"));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r B.f(Aborted) A.f(Aborted)");
    let status = client.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(code_and_message(&status), (Code::Aborted, "B.r"));
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(Aborted) A.f(Aborted)");
}

#[tokio::test]
async fn of_a_stream_all_responses_before_a_rejected_one_arrive() {
    let tracer = Tracer::new(Plan { fails: "A.w", after: 2, ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("a b c")).await).await;
    assert_eq!(
        (received, end),
        (vec!["a".to_owned(), "b".to_owned()], Err((Code::Aborted, "A.w".to_owned())))
    );
    let end = "B.w A.w B.w A.w B.w A.w B.f(Aborted) A.f(Aborted)";
    assert_eq!(tracer.take(), format!("A.s B.s A.r B.r H {end}"));
}

#[tokio::test]
async fn the_code_of_a_service_is_known_from_headers_and_trailers() {
    let tracer = Tracer::new(Plan { fails: "H", ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    assert_eq!(code_and_message(&client.say_hello(hello("a")).await.unwrap_err()), (Code::Aborted, "H"));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(Aborted) A.f(Aborted)");
    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("fail")).await).await;
    assert_eq!((received, end), (vec!["fail".to_owned()], Err((Code::DataLoss, "lost".to_owned()))));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(DataLoss) A.f(DataLoss)");
}

#[tokio::test]
async fn a_panic_anywhere_is_internal() {
    for panics in ["A.s", "B.r", "B.w", "A.w", "H", "A.f(ok)"] {
        let tracer = Tracer::new(Plan { panics, ..Plan::default() });
        let mut client = connect_greeter(traced(&tracer).await).await;
        let status = client.say_hello(hello("a")).await.unwrap_err();
        assert_eq!(code_and_message(&status), (Code::Internal, "internal error"), "{panics}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_interrupts_the_chain() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = connect_greeter(traced(&tracer).await).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    surely(tracer.shared.hanging.notified()).await;
    call.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");

    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    let mut stream = client.lots_of_replies(hello("forever")).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().reply, "forever");
    drop(stream);
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(interrupted) A.f(interrupted)");
}

#[test]
fn a_panic_is_in_the_log_with_the_method() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (log, ()) = log_in(|| {
        runtime.block_on(async {
            let tracer = Tracer::new(Plan { panics: "A.r", ..Plan::default() });
            let mut service = layer((Traced("A", tracer),)).layer(GreeterServer::new(Plain::default()));
            let body = Body::new(Full::new(raw::frame(&hello("a"))));
            let request = raw::request(PATHS[0]).body(body).unwrap();
            service.call(request).await.unwrap();
        });
    });
    assert!(log.contains("/pb.Greeter/SayHello") && log.contains("secret of A.r"), "{log}");
}

#[tokio::test]
async fn what_a_service_has_sent_before_a_rejection_arrives() {
    let tracer = Tracer::new(Plan { fails: "B.r", after: 1, ..Plan::default() });
    let addr = traced(&tracer).await;
    let body = [raw::frame(&hello("a")), raw::frame(&hello("b"))].concat();
    let body = Body::new(Full::new(Bytes::from(body)));
    let answer = raw::reply(addr, raw::request(PATHS[3]).body(body).unwrap()).await;
    assert_eq!((&answer.body[..], answer.get("grpc-status")), (&raw::frame(&reply("a"))[..], Some("10")));
}

#[tokio::test]
async fn a_rejection_with_the_code_ok_is_a_bug_for_everybody() {
    let outer = Tracer::new(Plan { says_ok: "A.r", ..Plan::default() });
    let inner = Tracer::default();
    let service = layer((Traced("B", inner.clone()),)).layer(GreeterServer::new(Plain::default()));
    let addr = serve(layer((Traced("A", outer.clone()),)).layer(service)).await;
    let status = connect_greeter(addr).await.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(code_and_message(&status), (Code::Internal, "internal error"));
    assert_eq!(outer.take(), "A.s A.r A.f(Internal)");
    assert_eq!(inner.take(), "B.s B.f(Internal)");
}
