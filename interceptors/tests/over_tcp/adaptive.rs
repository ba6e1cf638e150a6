//! `AdaptiveInFlight` follows the ends of calls, and counts a call until it has ended.

use std::sync::Arc;
use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{Notify, mpsc};
use tokio::task::yield_now;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use vestibule::{Call, Code, Status, Streaming, interceptor};
use vestibule_interceptors::{AdaptiveInFlight, Criticality, Deadline};

use super::slow::{reply, with_timeout};
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    the_limit_grows_and_shrinks_with_the_ends_of_calls,
    a_call_above_the_limit_is_refused_and_its_place_is_free_again,
    every_end_frees_the_place,
    a_deadline_on_either_side_is_an_overload_and_a_client_that_goes_is_none,
    less_important_calls_are_refused_first,
    a_stream_counts_until_its_end_or_its_first_response,
);

/// Does what the name in the request says. One deadline is outside of the limit, and one inside.
#[derive(Clone)]
struct Told {
    outer: Deadline,
    in_flight: AdaptiveInFlight,
    inner: Deadline,
    hanging: Arc<Notify>,
}

impl Told {
    fn new(in_flight: AdaptiveInFlight) -> Self {
        Self { outer: Deadline::new(), in_flight, inner: Deadline::new(), hanging: Arc::default() }
    }

    async fn told(&self, what: String) -> Result<HelloResponse, Status> {
        match &*what {
            "unavailable" => Err(Status::unavailable("told")),
            "exhausted" => Err(Status::resource_exhausted("told")),
            "not found" => Err(Status::not_found("told")),
            "panic" => panic!("told"),
            "hang" => {
                self.hanging.notify_one();
                std::future::pending().await
            }
            _ => Ok(reply(what)),
        }
    }

    /// Waits until no call is in flight, which the server learns some time after the client.
    async fn is_idle(&self) {
        while self.in_flight.in_flight() > 0 {
            yield_now().await;
        }
    }
}

#[interceptor(self.outer, &self.in_flight, self.inner)]
impl Greeter for Told {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.told(request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let first = tokio_stream::once(Ok(reply("first")));
        Ok(first.chain(tokio_stream::once(request.name).then(|name| self.told(name))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = String::new();
        while let Some(request) = requests.message().await? {
            last = request.name;
        }
        self.told(last).await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { self.told(request?.name).await }))
    }
}

/// With a range from one to many, single calls one after the other raise the limit to three, because two are enough for them.
fn growing() -> AdaptiveInFlight {
    AdaptiveInFlight::new(1..=100)
}

async fn the_limit_grows_and_shrinks_with_the_ends_of_calls(setup: Setup) {
    let service = Told::new(growing());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    assert_eq!(service.in_flight.limit(), 1);
    for _ in 0..10 {
        client.say_hello(hello("a")).await.unwrap();
    }
    service.is_idle().await;
    assert_eq!(service.in_flight.limit(), 3);
    // An error of the caller tells nothing about the server.
    assert_eq!(client.say_hello(hello("not found")).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(service.in_flight.limit(), 3);
    for (what, limit) in [("unavailable", 2), ("exhausted", 2), ("unavailable", 2), ("unavailable", 2)] {
        client.say_hello(hello(what)).await.unwrap_err();
        service.is_idle().await;
        assert_eq!(service.in_flight.limit(), limit, "{what}");
    }
    for _ in 0..20 {
        client.say_hello(hello("unavailable")).await.unwrap_err();
    }
    service.is_idle().await;
    assert_eq!(service.in_flight.limit(), 1);
}

async fn a_call_above_the_limit_is_refused_and_its_place_is_free_again(setup: Setup) {
    let service = Told::new(AdaptiveInFlight::new(1..=1));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    let mut other = client.clone();
    let held = tokio::spawn(async move { other.say_hello(hello("hang")).await.map(drop) });
    service.hanging.notified().await;
    let names = || tokio_stream::once(hello("a"));
    let refused = [
        client.say_hello(hello("a")).await.unwrap_err(),
        client.lots_of_replies(hello("a")).await.unwrap_err(),
        client.lots_of_greetings(names()).await.unwrap_err(),
        client.bidi_hello(names()).await.unwrap_err(),
    ];
    for status in refused {
        assert_eq!((status.code(), status.message()), (Code::Unavailable, "too many calls in flight"));
    }
    held.abort();
    service.is_idle().await;
    client.say_hello(hello("a")).await.unwrap();
}

async fn every_end_frees_the_place(setup: Setup) {
    let service = Told::new(AdaptiveInFlight::new(100..=100));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    for what in ["a", "not found", "panic"] {
        let _ = client.say_hello(hello(what)).await;
        let names = || tokio_stream::once(hello(what));
        let _ = client.lots_of_greetings(names()).await;
        for response in [client.lots_of_replies(hello(what)).await, client.bidi_hello(names()).await] {
            let mut stream = response.unwrap().into_inner();
            while let Ok(Some(_)) = stream.message().await {}
        }
        service.is_idle().await;
    }
    // A client that goes away in each shape, and a deadline that passes.
    drop(client.lots_of_replies(hello("hang")).await.unwrap());
    drop(client.bidi_hello(tokio_stream::iter([hello("a"), hello("hang")])).await.unwrap());
    service.is_idle().await;
    let mut other = client.clone();
    let upload =
        tokio::spawn(async move { other.lots_of_greetings(tokio_stream::pending()).await.map(drop) });
    while service.in_flight.in_flight() == 0 {
        yield_now().await;
    }
    upload.abort();
    client.say_hello(with_timeout(hello("hang"), Duration::from_millis(20))).await.unwrap_err();
    service.is_idle().await;
}

async fn a_deadline_on_either_side_is_an_overload_and_a_client_that_goes_is_none(setup: Setup) {
    let short = Duration::from_millis(20);
    for (outer, inner, expected) in [(Some(short), None, 2), (None, Some(short), 2), (None, None, 3)] {
        let limited = |limit: Option<Duration>| limit.map_or(Deadline::new(), Deadline::at_most);
        let mut service = Told::new(growing());
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
        for _ in 0..10 {
            client.say_hello(hello("a")).await.unwrap();
        }
        service.is_idle().await;
        assert_eq!(service.in_flight.limit(), 3);
        (service.outer, service.inner) = (limited(outer), limited(inner));
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
        let call = tokio::spawn(async move { client.say_hello(hello("hang")).await.map(drop) });
        service.hanging.notified().await;
        if expected == 3 {
            call.abort();
        } else {
            assert_eq!(call.await.unwrap().unwrap_err().code(), Code::DeadlineExceeded);
        }
        service.is_idle().await;
        assert_eq!(service.in_flight.limit(), expected, "{outer:?} {inner:?}");
    }
}

fn criticality(call: &Call) -> Criticality {
    match call.get::<Option<&str>>("criticality") {
        Ok(Some("sheddable")) => Criticality::Sheddable,
        Ok(Some("normal")) => Criticality::Normal,
        _ => Criticality::Critical,
    }
}

async fn less_important_calls_are_refused_first(setup: Setup) {
    let service = Told::new(AdaptiveInFlight::new(10..=10).criticality(criticality));
    let client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    let of = |criticality: &'static str, name: &str| {
        let mut request = Request::new(hello(name));
        request.metadata_mut().insert("criticality", criticality.parse().unwrap());
        request
    };
    let mut held = Vec::new();
    for (count, expected) in [
        (4, [true, true, true]),
        (5, [false, true, true]),
        (8, [false, true, true]),
        (9, [false, false, true]),
        (10, [false, false, false]),
    ] {
        while held.len() < count {
            let mut other = client.clone();
            held.push(tokio::spawn(async move { other.say_hello(hello("hang")).await.map(drop) }));
            service.hanging.notified().await;
        }
        for (criticality, expected) in ["sheddable", "normal", "critical"].into_iter().zip(expected) {
            // The server counts a call some time longer than the client.
            while service.in_flight.in_flight() > count {
                yield_now().await;
            }
            let response = client.clone().say_hello(of(criticality, "a")).await;
            assert_eq!(response.is_ok(), expected, "{count} {criticality}");
        }
    }
    held.iter().for_each(tokio::task::JoinHandle::abort);
    service.is_idle().await;
}

async fn a_stream_counts_until_its_end_or_its_first_response(setup: Setup) {
    let in_flight = || AdaptiveInFlight::new(10..=10);
    for (in_flight, expected) in [(in_flight(), 2), (in_flight().count_streams_until_first_response(), 0)] {
        let service = Told::new(in_flight);
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
        let mut replies = client.lots_of_replies(hello("hang")).await.unwrap().into_inner();
        assert_eq!(replies.message().await.unwrap(), Some(reply("first")));
        let (requests, receiver) = mpsc::channel(1);
        requests.send(hello("a")).await.unwrap();
        let mut both = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap().into_inner();
        assert_eq!(both.message().await.unwrap(), Some(reply("a")));
        service.hanging.notified().await;
        assert_eq!(service.in_flight.in_flight(), expected);
        // A client that still sends does not reset its call when it drops the responses.
        drop((replies, both, requests));
        service.is_idle().await;
    }
}

#[tokio::test]
async fn no_place_is_lost_if_calls_are_cancelled_at_any_point() {
    let service = Told::new(AdaptiveInFlight::new(50..=100));
    let mut calls = Vec::new();
    for number in 0_u32..2000 {
        let service = service.clone();
        let what = ["a", "hang", "unavailable", "panic"][number as usize % 4];
        calls.push(tokio::spawn(async move { service.say_hello(Request::new(hello(what))).await.map(drop) }));
        if number % 3 == 0 {
            yield_now().await;
        }
        // Calls that have not begun, that hang and that have ended.
        let index = (number.wrapping_mul(2_654_435_761) >> 8) as usize % calls.len();
        calls[index].abort();
    }
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    service.is_idle().await;
    assert!((50..=100).contains(&service.in_flight.limit()));
}

/// Refuses late calls, and has no `Deadline` that could do it before.
struct Punctual(AdaptiveInFlight);

#[interceptor(&self.0)]
impl Probe for Punctual {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

#[tokio::test]
async fn a_late_call_is_refused_by_the_median_of_its_method() {
    let service = Punctual(AdaptiveInFlight::new(1..=1).refuse_late());
    for _ in 0..32 {
        service.echo(Request::new(Ping::default())).await.unwrap();
    }
    let late = || with_timeout(Ping::default(), Duration::ZERO);
    let status = service.echo(late()).await.unwrap_err();
    let expected = (Code::DeadlineExceeded, "not enough time is left for this call");
    assert_eq!((status.code(), status.message()), expected);
    service.echo(with_timeout(Ping::default(), Duration::from_secs(60))).await.unwrap();
    // The other method has no median yet, so the chain itself refuses the call.
    let status = service.get_url(late()).await.unwrap_err();
    assert_eq!(status.message(), "deadline exceeded");
    assert_eq!(service.0.in_flight(), 0);
}
