//! `InFlight` counts a call until it has ended.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use vestibule::{Code, Status};
use vestibule_interceptors::{Deadline, InFlight};

use super::slow::{Slow, reply};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_call_counts_until_it_has_ended,
    a_call_may_wait_until_another_one_has_ended,
    calls_of_every_shape_count
);

// These tests run in one setup only:
// - `a_call_waits_while_the_limit_is_reached` polls two futures of the trait's method itself.
// - `a_call_that_may_not_wait_is_refused_at_once` has no runtime, and so no server.

async fn a_call_counts_until_it_has_ended(setup: Setup) {
    let service = Slow::new(Deadline::new(), InFlight::new(1));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    let mut other = client.clone();
    let too_many = Err((Code::Unavailable, "too many calls in flight".to_owned()));

    let held = tokio::spawn(async move { other.say_hello(hello("a")).await.map(drop) });
    service.hanging.notified().await;
    assert_eq!(all_responses(client.lots_of_replies(hello("a")).await).await, (vec![], too_many.clone()));
    held.abort();
    // The server learns of the end some time later.
    let mut stream = loop {
        match client.lots_of_replies(hello("a")).await {
            Ok(response) => break response.into_inner(),
            Err(status) => assert_eq!(status.code(), Code::Unavailable),
        }
    };

    // A stream that has begun counts until it ends.
    assert_eq!(stream.message().await.unwrap(), Some(reply("first")));
    service.hanging.notified().await;
    let refused = client.say_hello(hello("left")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    drop(stream);
    while let Err(status) = client.say_hello(hello("left")).await {
        assert_eq!(status.code(), Code::Unavailable);
    }
}

async fn a_call_may_wait_until_another_one_has_ended(setup: Setup) {
    let in_flight = InFlight::new(1).wait(Duration::from_secs(60));
    let service = Slow::new(Deadline::new(), in_flight);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    let mut other = client.clone();
    let held = tokio::spawn(async move { other.say_hello(hello("a")).await.map(drop) });
    service.hanging.notified().await;
    let waiting = tokio::spawn(async move { client.say_hello(hello("left")).await });
    held.abort();
    assert_eq!(waiting.await.unwrap().unwrap().into_inner().reply, "0");

    let service = Slow::new(Deadline::new(), InFlight::new(0).wait(Duration::from_millis(1)));
    let refused = service.say_hello(Request::new(hello("a"))).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_call_waits_while_the_limit_is_reached() {
    let service = Slow::new(Deadline::new(), InFlight::new(1).wait(Duration::from_secs(60)));
    let mut held = service.say_hello(Request::new(hello("a")));
    let mut waiting = service.say_hello(Request::new(hello("left")));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(held.as_mut().poll(cx).is_pending());
    assert!(waiting.as_mut().poll(cx).is_pending());
    drop(held);
    assert_eq!(waiting.await.unwrap().into_inner().reply, "0");
}

/// A call that may not wait sets no timer, and so needs no runtime.
#[test]
fn a_call_that_may_not_wait_is_refused_at_once() {
    let service = Slow::new(Deadline::new(), InFlight::new(0));
    let mut call = service.say_hello(Request::new(hello("a")));
    let Poll::Ready(refused) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits")
    };
    assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
}

async fn calls_of_every_shape_count(setup: Setup) {
    let service = Slow::new(Deadline::new(), InFlight::new(1));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let (requests, receiver) = mpsc::channel(1);
    let mut held = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap().into_inner();
    requests.send(hello("a")).await.unwrap();
    assert_eq!(held.message().await.unwrap(), Some(reply("a")));

    let too_many = Err((Code::Unavailable, "too many calls in flight".to_owned()));
    let code = |status: Status| status.code();
    assert_eq!(client.say_hello(hello("left")).await.map(drop).map_err(code), Err(Code::Unavailable));
    let upload = client.lots_of_greetings(tokio_stream::pending()).await.map(drop);
    assert_eq!(upload.map_err(code), Err(Code::Unavailable));
    assert_eq!(all_responses(client.lots_of_replies(hello("a")).await).await, (vec![], too_many.clone()));
    assert_eq!(all_responses(client.bidi_hello(tokio_stream::pending()).await).await, (vec![], too_many));

    drop(requests);
    assert_eq!(held.message().await.unwrap(), None);
    // The server counts the call some time longer than the client.
    while client.lots_of_greetings(tokio_stream::empty()).await.is_err() {}
}
