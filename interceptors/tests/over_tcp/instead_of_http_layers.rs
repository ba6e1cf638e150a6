//! Layers that do not know gRPC do harm, as the guide says; the interceptor in their place does none.

use http::StatusCode;
use tonic::Request;
use tonic::transport::Server;
use tower::limit::ConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_layer::Stack;
use vestibule::{Code, layer};
use vestibule_interceptors::{Deadline, InFlight, Recover};

use crate::support::hello;
use crate::support::http_layers::{LIMIT, behind, failure, served, stream};

#[tokio::test]
async fn a_panic_that_a_layer_for_http_has_caught_is_no_answer_to_grpc() {
    let (code, message) = failure(&mut behind!(CatchPanicLayer::new()), "panic").await;
    assert_eq!(code, Code::Internal);
    // The client reads the first letter of the layer's text as the first byte of a message.
    assert!(message.contains("invalid compression flag: 83"), "{message}");
    // `Recover` works in its place. Behind the other layer, it leaves nothing to catch.
    let expected = (Code::Internal, "internal error".to_owned());
    assert_eq!(failure(&mut behind!(layer((Recover::new(),))), "panic").await, expected);
    let both = Stack::new(layer((Recover::new(),)), CatchPanicLayer::new());
    assert_eq!(failure(&mut behind!(both), "panic").await, expected);
}

#[tokio::test]
async fn a_timeout_of_a_layer_for_http_has_another_code_and_spares_streams() {
    let whole = (vec!["first".to_owned(), "last".to_owned()], Code::Ok);
    for (status, code) in
        [(StatusCode::REQUEST_TIMEOUT, Code::Unknown), (StatusCode::GATEWAY_TIMEOUT, Code::Unavailable)]
    {
        let mut client = behind!(TimeoutLayer::with_status_code(status, LIMIT));
        assert_eq!(failure(&mut client, "hang").await.0, code);
        assert_eq!(stream(&mut client).await, whole);
    }
    let mut client = behind!(tower::timeout::TimeoutLayer::new(LIMIT));
    let (code, message) = failure(&mut client, "hang").await;
    assert_eq!(code, Code::Internal, "{message}");
    assert!(message.contains("h2 protocol error"), "the stream is reset: {message}");
    assert_eq!(stream(&mut client).await, whole);

    let mut client = behind!(layer((Deadline::at_most(LIMIT),)));
    assert_eq!(failure(&mut client, "hang").await.0, Code::DeadlineExceeded);
    assert_eq!(stream(&mut client).await, (vec!["first".to_owned()], Code::DeadlineExceeded));
}

#[tokio::test]
async fn a_limit_of_a_layer_for_http_does_not_count_streams_that_have_begun() {
    let clients = [
        behind!(ConcurrencyLimitLayer::new(1)),
        served!(Server::builder().concurrency_limit_per_connection(1)),
    ];
    for mut client in clients {
        let _begun = client.lots_of_replies(hello("")).await.unwrap();
        client.say_hello(hello("a")).await.unwrap();
    }
    let mut client = behind!(layer((InFlight::new(1),)));
    let _begun = client.lots_of_replies(hello("")).await.unwrap();
    assert_eq!(failure(&mut client, "a").await.0, Code::Unavailable);
}

#[tokio::test]
async fn calls_above_the_limit_of_a_layer_for_http_wait() {
    let mut request = Request::new(hello("a"));
    request.set_timeout(LIMIT);
    let status = behind!(ConcurrencyLimitLayer::new(0)).say_hello(request).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Cancelled, "Timeout expired"));
    assert_eq!(failure(&mut behind!(layer((InFlight::new(0),))), "a").await.0, Code::Unavailable);
}
