//! The interceptors that are part of the crate.

mod support;

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use http_body_util::Full;
use prost::Message;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::hello_stubs;
use support::{PATHS, connect_greeter, hello, raw, replies, served};
use tokio::sync::{Notify, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::{Request, Response};
use vestibule::extract::CallDeadline;
use vestibule::{Call, Code, Rest, Status, Streaming, interceptor};
use vestibule_interceptors::{Deadline, InFlight, Recover};

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// Hangs in every method once it was called, and in streams after the first reply.
#[derive(Clone)]
struct Slow {
    deadline: Deadline,
    in_flight: InFlight,
    hanging: Arc<Notify>,
}

impl Slow {
    fn new(deadline: Deadline, in_flight: InFlight) -> Self {
        Self { deadline, in_flight, hanging: Arc::default() }
    }

    async fn hang(&self) {
        self.hanging.notify_one();
        std::future::pending::<()>().await;
    }
}

#[interceptor(self.deadline, &self.in_flight)]
impl Greeter for Slow {
    async fn say_hello(
        &self,
        request: HelloRequest,
        deadline: CallDeadline,
    ) -> Result<HelloResponse, Status> {
        if request.name == "left" {
            let left = deadline.remaining().map_or(0, |left| left.as_secs_f64().round() as u64);
            return Ok(reply(left.to_string()));
        }
        self.hang().await;
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let first = tokio_stream::once(Ok(reply("first")));
        Ok(first.chain(tokio_stream::once(()).then(|()| async {
            self.hang().await;
            Ok(reply("second"))
        })))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(reply("all"))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

fn with_timeout<T>(message: T, timeout: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}

fn assert_exceeded<T>(result: Result<Response<T>, Status>) {
    let status = result.map(drop).expect_err("it hangs");
    assert_eq!((status.code(), status.message()), (Code::DeadlineExceeded, "deadline exceeded"));
}

#[tokio::test]
async fn the_deadline_of_the_client_is_exceeded_in_every_shape() {
    let service = Slow::new(Deadline::new(), InFlight::new(100));
    let client = connect_greeter(served!(GreeterServer::new(service))).await;
    let soon = Duration::from_millis(500);
    let [mut unary, mut up, mut down, mut both] = std::array::from_fn(|_| client.clone());
    let unary = unary.say_hello(with_timeout(hello("a"), soon));
    let up = up.lots_of_greetings(with_timeout(tokio_stream::pending(), soon));
    let down = async { replies(down.lots_of_replies(with_timeout(hello("a"), soon)).await).await };
    let requests = tokio_stream::once(hello("b")).chain(tokio_stream::pending());
    let both = async { replies(both.bidi_hello(with_timeout(requests, soon)).await).await };

    let (unary, up, down, both) = tokio::join!(unary, up, down, both);
    assert_exceeded(unary);
    assert_exceeded(up);
    let end = Err((Code::DeadlineExceeded, "deadline exceeded".to_owned()));
    assert_eq!(down, (vec!["first".to_owned()], end.clone()));
    assert_eq!(both, (vec!["b".to_owned()], end));
}

#[tokio::test]
async fn a_deadline_that_has_passed_lets_nothing_run() {
    let service = Slow::new(Deadline::at_most(Duration::ZERO), InFlight::new(0));
    assert_exceeded(service.say_hello(Request::new(hello("a"))).await);
}

#[tokio::test]
async fn the_smaller_of_two_limits_counts_and_the_handler_can_ask_for_it() {
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
        assert_eq!(service.say_hello(request).await.unwrap().into_inner().reply, left);
    }
    let service = Slow::new(Deadline::at_most(Duration::from_millis(10)), InFlight::new(1));
    assert_exceeded(service.say_hello(Request::new(hello("a"))).await);
}

/// Nine digits are what connect-node's client sends from 27.8 hours on. tonic's own timer reads it in the same way.
#[tokio::test]
async fn a_timeout_of_nine_digits_is_no_deadline() {
    let seconds = Duration::from_secs;
    for (timeout, deadline, left) in [
        ("99999999m", Deadline::new(), "100000"),
        ("100000000m", Deadline::new(), "0"),
        ("100000000n", Deadline::new(), "0"),
        ("000000100m", Deadline::new(), "0"),
        ("100000000m", Deadline::at_most(seconds(50)), "50"),
    ] {
        let addr = served!(GreeterServer::new(Slow::new(deadline, InFlight::new(1))));
        let body = Body::new(Full::new(raw::frame(&hello("left"))));
        let request = raw::request(PATHS[0]).header("grpc-timeout", timeout).body(body).unwrap();
        let reply = raw::reply(addr, request).await;
        assert_eq!(reply.get("grpc-status"), Some("0"), "{timeout}");
        let message = HelloResponse::decode(&reply.body[5..]).unwrap();
        assert_eq!(message.reply, left, "{timeout}");
    }
}

/// Notes the deadline that the call has got further in.
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

/// It is ahead by a tenth of what is left, not by its 50 ms. On a slow machine less is left, and the tenth
/// is less as well.
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

/// Notes its deadline, after four that each are ahead of tonic's timer.
#[derive(Default)]
struct FourTimes(Mutex<Option<Instant>>);

#[interceptor(Deadline::new(), Deadline::new(), Deadline::new(), Deadline::new())]
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

#[tokio::test]
async fn a_call_counts_until_it_has_ended() {
    let service = Slow::new(Deadline::new(), InFlight::new(1));
    let mut client = connect_greeter(served!(GreeterServer::new(service.clone()))).await;
    let mut other = client.clone();
    let too_many = Err((Code::Unavailable, "too many calls in flight".to_owned()));

    let held = tokio::spawn(async move { other.say_hello(hello("a")).await.map(drop) });
    service.hanging.notified().await;
    assert_eq!(replies(client.lots_of_replies(hello("a")).await).await, (vec![], too_many.clone()));
    held.abort();
    // The server learns of it some time later.
    let mut stream = loop {
        match client.lots_of_replies(hello("a")).await {
            Ok(response) => break response.into_inner(),
            Err(status) => assert_eq!(status.code(), Code::Unavailable),
        }
    };

    // A stream has begun, and counts until it ends.
    assert_eq!(stream.message().await.unwrap(), Some(reply("first")));
    service.hanging.notified().await;
    let refused = client.say_hello(hello("left")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    drop(stream);
    while let Err(status) = client.say_hello(hello("left")).await {
        assert_eq!(status.code(), Code::Unavailable);
    }
}

#[tokio::test]
async fn a_call_may_wait_to_be_let_in() {
    let in_flight = InFlight::new(1).wait(Duration::from_secs(60));
    let service = Slow::new(Deadline::new(), in_flight);
    let mut client = connect_greeter(served!(GreeterServer::new(service.clone()))).await;
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
async fn a_call_waits_while_the_place_is_taken() {
    let service = Slow::new(Deadline::new(), InFlight::new(1).wait(Duration::from_secs(60)));
    let mut held = service.say_hello(Request::new(hello("a")));
    let mut waiting = service.say_hello(Request::new(hello("left")));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(held.as_mut().poll(cx).is_pending());
    assert!(waiting.as_mut().poll(cx).is_pending());
    drop(held);
    assert_eq!(waiting.await.unwrap().into_inner().reply, "0");
}

/// Without a wait there is no timer, and no need of a runtime.
#[test]
fn a_call_that_may_not_wait_is_refused_at_once() {
    let service = Slow::new(Deadline::new(), InFlight::new(0));
    let mut call = service.say_hello(Request::new(hello("a")));
    let Poll::Ready(refused) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits")
    };
    assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn every_shape_counts() {
    let service = Slow::new(Deadline::new(), InFlight::new(1));
    let mut client = connect_greeter(served!(GreeterServer::new(service))).await;
    let (requests, receiver) = mpsc::channel(1);
    let mut held = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap().into_inner();
    requests.send(hello("a")).await.unwrap();
    assert_eq!(held.message().await.unwrap(), Some(reply("a")));

    let too_many = Err((Code::Unavailable, "too many calls in flight".to_owned()));
    let code = |status: Status| status.code();
    assert_eq!(client.say_hello(hello("left")).await.map(drop).map_err(code), Err(Code::Unavailable));
    let upload = client.lots_of_greetings(tokio_stream::pending()).await.map(drop);
    assert_eq!(upload.map_err(code), Err(Code::Unavailable));
    assert_eq!(replies(client.lots_of_replies(hello("a")).await).await, (vec![], too_many.clone()));
    assert_eq!(replies(client.bidi_hello(tokio_stream::pending()).await).await, (vec![], too_many));

    drop(requests);
    assert_eq!(held.message().await.unwrap(), None);
    // The place is free some time after the client has read the end.
    while client.lots_of_greetings(tokio_stream::empty()).await.is_err() {}
}

#[derive(Clone)]
struct Panicking;

fn panic_at(name: &str) -> HelloResponse {
    assert!(name != "panic", "the secret");
    reply(name)
}

#[interceptor(Recover::new())]
impl Greeter for Panicking {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(panic_at(&request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(["first".to_owned(), request.name]).map(|name| Ok(panic_at(&name))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = reply("");
        while let Some(request) = requests.message().await? {
            last = panic_at(&request.name);
        }
        Ok(last)
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(panic_at(&request?.name))))
    }
}

#[tokio::test]
async fn a_panic_is_internal_in_every_shape_and_other_calls_go_on() {
    let mut client = connect_greeter(served!(GreeterServer::new(Panicking))).await;
    let (sender, receiver) = mpsc::channel(1);
    let mut other = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap().into_inner();

    let bug = (Code::Internal, "internal error".to_owned());
    let told = |status: Status| (status.code(), status.message().to_owned());
    let requests = || tokio_stream::iter(["first", "panic"]).map(hello);
    assert_eq!(told(client.say_hello(hello("panic")).await.unwrap_err()), bug);
    assert_eq!(told(client.lots_of_greetings(requests()).await.unwrap_err()), bug);
    let expected = (vec!["first".to_owned()], Err(bug));
    assert_eq!(replies(client.lots_of_replies(hello("panic")).await).await, expected);
    assert_eq!(replies(client.bidi_hello(requests()).await).await, expected);

    sender.send(hello("still here")).await.unwrap();
    assert_eq!(other.message().await.unwrap(), Some(reply("still here")));
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
}
