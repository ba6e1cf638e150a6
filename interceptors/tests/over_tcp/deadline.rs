//! `Deadline` ends calls at the deadline of the client or at one of its own.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use http_body_util::Full;
use prost::Message;
use proto::hello::HelloResponse;
use proto::hello::greeter_server::GreeterServer;
use proto::hello_stubs;
use tokio_stream::StreamExt;
use tonic::Request;
use tonic::body::Body;
use vestibule::{Call, Code, Rest, Status, interceptor};
use vestibule_interceptors::{Deadline, InFlight};

use super::slow::{Slow, assert_exceeded, with_timeout};
use crate::support::untimed::connect_untimed;
use crate::support::{PATHS, Setup, all_responses, connect_greeter, hello, in_every_setup, raw, serve_in};

in_every_setup!(
    the_deadline_of_the_client_is_exceeded_in_every_shape,
    a_timeout_of_nine_digits_is_no_deadline,
    a_deadline_that_has_passed_lets_nothing_run,
    the_smaller_of_two_limits_counts_and_the_handler_can_ask_for_it
);

// The other tests run in one setup only, because they measure from the call of the trait's method itself.

async fn the_deadline_of_the_client_is_exceeded_in_every_shape(setup: Setup) {
    let service = Slow::new(Deadline::new(), InFlight::new(100));
    let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
    let soon = Duration::from_millis(500);
    let [mut unary, mut up, mut down, mut both] = std::array::from_fn(|_| client.clone());
    let unary = unary.say_hello(with_timeout(hello("a"), soon));
    let up = up.lots_of_greetings(with_timeout(tokio_stream::pending(), soon));
    let down = async { all_responses(down.lots_of_replies(with_timeout(hello("a"), soon)).await).await };
    let requests = tokio_stream::once(hello("b")).chain(tokio_stream::pending());
    let both = async { all_responses(both.bidi_hello(with_timeout(requests, soon)).await).await };

    let (unary, up, down, both) = tokio::join!(unary, up, down, both);
    assert_exceeded(unary);
    assert_exceeded(up);
    let end = Err((Code::DeadlineExceeded, "deadline exceeded".to_owned()));
    assert_eq!(down, (vec!["first".to_owned()], end.clone()));
    assert_eq!(both, (vec!["b".to_owned()], end));
}

async fn a_deadline_that_has_passed_lets_nothing_run(setup: Setup) {
    let service = Slow::new(Deadline::at_most(Duration::ZERO), InFlight::new(0));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    assert_exceeded(client.say_hello(hello("a")).await);
}

async fn the_smaller_of_two_limits_counts_and_the_handler_can_ask_for_it(setup: Setup) {
    let seconds = Duration::from_secs;
    for (deadline, client, left) in [
        (Deadline::new(), None, "0"),
        (Deadline::new(), Some(seconds(100)), "100"),
        (Deadline::at_most(seconds(50)), None, "50"),
        (Deadline::at_most(seconds(50)), Some(seconds(100)), "50"),
        (Deadline::at_most(seconds(50)), Some(seconds(20)), "20"),
    ] {
        let service = Slow::new(deadline, InFlight::new(1));
        let mut request = Request::new(hello("left"));
        if let Some(timeout) = client {
            request.set_timeout(timeout);
        }
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        assert_eq!(client.say_hello(request).await.unwrap().into_inner().reply, left);
    }
    let service = Slow::new(Deadline::at_most(Duration::from_millis(10)), InFlight::new(1));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    assert_exceeded(client.say_hello(hello("a")).await);
}

/// connect-node's client sends nine digits for 27.8 hours and more. tonic's own timer ignores them as well.
async fn a_timeout_of_nine_digits_is_no_deadline(setup: Setup) {
    let seconds = Duration::from_secs;
    for (timeout, deadline, left) in [
        ("99999999m", Deadline::new(), "100000"),
        ("100000000m", Deadline::new(), "0"),
        ("100000000n", Deadline::new(), "0"),
        ("000000100m", Deadline::new(), "0"),
        ("100000000m", Deadline::at_most(seconds(50)), "50"),
    ] {
        let addr = serve_in!(setup, GreeterServer::new(Slow::new(deadline, InFlight::new(1))));
        let body = Body::new(Full::new(raw::frame(&hello("left"))));
        let request = raw::request(PATHS[0]).header("grpc-timeout", timeout).body(body).unwrap();
        let reply = raw::reply(addr, request).await;
        assert_eq!(reply.get("grpc-status"), Some("0"), "{timeout}");
        let message = HelloResponse::decode(&reply.body[5..]).unwrap();
        assert_eq!(message.reply, left, "{timeout}");
    }
}

/// Notes the deadline that interceptors further in have given the call.
#[interceptor]
async fn notes_deadline(call: &Call, noted: &Mutex<Option<Instant>>, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    *noted.lock().unwrap() = call.deadline();
    result
}

#[derive(Default)]
struct Hurried(Mutex<Option<Instant>>);

#[interceptor(notes_deadline(&self.0), Deadline::new())]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Hurried {
    async fn say_hello(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        Ok(hello_stubs::HelloResponse::default())
    }
}

/// `Deadline` is ahead of the client by a tenth of what is left, if that is less than 50 ms.
#[tokio::test]
async fn a_short_deadline_is_not_over_before_it_began() {
    use hello_stubs::greeter_server::Greeter;

    let service = Hurried::default();
    let sent = Instant::now();
    let request = with_timeout(hello_stubs::HelloRequest::default(), Duration::from_millis(100));
    service.say_hello(request).await.ok();
    let noted = service.0.lock().unwrap().expect("the client has one");
    assert!(noted - sent >= Duration::from_millis(90), "{:?}", noted - sent);
}

/// Notes its deadline, behind four `Deadline`s that each are ahead of tonic's timer.
#[derive(Default)]
struct FourTimes(Mutex<Option<Instant>>);

#[interceptor(e1 = Deadline::new(), e2 = Deadline::new(), e3 = Deadline::new(), e4 = Deadline::new())]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for FourTimes {
    async fn say_hello(
        &self,
        _request: hello_stubs::HelloRequest,
        call: &Call,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        *self.0.lock().unwrap() = call.deadline();
        Ok(hello_stubs::HelloResponse::default())
    }
}

#[tokio::test]
async fn several_deadlines_are_as_one() {
    use hello_stubs::greeter_server::Greeter;

    let service = FourTimes::default();
    let (sent, hour) = (Instant::now(), Duration::from_secs(3600));
    service.say_hello(with_timeout(hello_stubs::HelloRequest::default(), hour)).await.unwrap();
    let noted = service.0.lock().unwrap().expect("the client has one");
    assert!(noted - sent >= hour - Duration::from_millis(50), "{:?}", noted - sent);
}
