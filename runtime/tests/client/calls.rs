//! A chain on a client has the order of a server's.

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use vestibule::{Code, client};

use super::server::{Server, code_and_message, names, traced};
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{all_responses, hello, surely};

#[tokio::test]
async fn each_shape_has_its_trace() {
    let tracer = Tracer::default();
    let mut client = traced(&tracer).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = all_responses(client.lots_of_replies(hello("a b")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
    assert_eq!(client.lots_of_greetings(names()).await.unwrap().into_inner().reply, "a b");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r A.r B.r H B.w A.w B.f(ok) A.f(ok)");
    let (received, end) = all_responses(client.bidi_hello(names()).await).await;
    assert_eq!((received, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r A.r B.r H B.w A.w B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn a_start_that_rejects_sends_nothing() {
    let tracer = Tracer::new(Plan { fails: "B.s", ..Plan::default() });
    let mut client = traced(&tracer).await;
    let rejected = [
        client.say_hello(hello("a")).await.unwrap_err(),
        client.lots_of_replies(hello("a")).await.unwrap_err(),
        client.lots_of_greetings(names()).await.unwrap_err(),
        client.bidi_hello(names()).await.unwrap_err(),
    ];
    for status in rejected {
        assert_eq!(code_and_message(&status), (Code::Aborted, "B.s"));
    }
    assert_eq!(tracer.take(), ["A.s B.s A.f(Aborted)"; 4].join(" "));
}

#[tokio::test]
async fn a_request_that_is_rejected_ends_the_call() {
    let tracer = Tracer::new(Plan { fails: "A.r", after: 1, ..Plan::default() });
    let mut client = traced(&tracer).await;
    // The server may have been called, but it does not have all messages.
    let status = client.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(code_and_message(&status), (Code::Aborted, "A.r"));
    assert!(tracer.take().ends_with("B.f(Aborted) A.f(Aborted)"));
}

#[tokio::test]
async fn a_response_that_is_rejected_does_not_arrive() {
    let tracer = Tracer::new(Plan { fails: "B.w", after: 1, ..Plan::default() });
    let mut client = traced(&tracer).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("a b c")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned()], Err((Code::Aborted, "B.w".to_owned()))));
    assert!(tracer.take().ends_with("B.w A.w B.w B.f(Aborted) A.f(Aborted)"));
}

#[tokio::test]
async fn what_the_server_says_is_what_interceptors_and_the_caller_see() {
    let tracer = Tracer::new(Plan { fails: "H", ..Plan::default() });
    let mut client = traced(&tracer).await;
    assert_eq!(code_and_message(&client.say_hello(hello("a")).await.unwrap_err()), (Code::Aborted, "H"));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(Aborted) A.f(Aborted)");
    let tracer = Tracer::default();
    let mut client = traced(&tracer).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("fail")).await).await;
    assert_eq!((received, end), (vec!["fail".to_owned()], Err((Code::DataLoss, "lost".to_owned()))));
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(DataLoss) A.f(DataLoss)");
}

#[tokio::test]
async fn a_call_that_is_given_up_is_interrupted() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let mut client = traced(&tracer).await;
    let mut other = client.clone();
    let call = tokio::spawn(async move { other.say_hello(hello("a")).await });
    surely(tracer.shared.hanging.notified()).await;
    call.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.f(interrupted) A.f(interrupted)");

    let tracer_of_stream = Tracer::default();
    client = traced(&tracer_of_stream).await;
    let mut stream = client.lots_of_replies(hello("forever")).await.unwrap().into_inner();
    stream.message().await.unwrap();
    drop(stream);
    assert_eq!(tracer_of_stream.take(), "A.s B.s A.r B.r H B.w A.w B.f(interrupted) A.f(interrupted)");
}

/// The client takes any service that tonic's client takes: here, a server in the same process.
#[tokio::test]
async fn a_service_in_the_same_process_needs_no_channel() {
    let tracer = Tracer::default();
    let server = GreeterServer::new(Server::default());
    let mut client = GreeterClient::new(client(server, (Traced("A", tracer.clone()),)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    let (received, end) = all_responses(client.bidi_hello(names()).await).await;
    assert_eq!((received.join(" "), end), ("a b".to_owned(), Ok(())));
    assert_eq!(tracer.take(), "A.s A.r A.w A.f(ok) A.s A.r A.r A.w A.w A.f(ok)");
}
