//! The messages of a client that streams pass the hooks, and a rejection ends the call.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::codec::{DecodeBuf, Decoder};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Status, Streaming, interceptor};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    hooks_that_panic_are_finished_once_and_so_are_all_others,
    a_message_that_is_rejected_in_another_task_ends_the_call,
    an_inbound_stream_ends_with_its_call
);

// These tests run in one setup only:
// - `a_rejection_wakes_the_task_that_polled_the_call_last` counts the wake-ups of the trait's method itself.
// - `the_trailers_of_a_client_come_after_all_messages_have_passed_the_hooks` and
//   `a_hook_may_reject_with_cancelled_and_a_handler_in_the_form_of_tonic_learns_of_it` send trailers, which no client of
//   tonic does.

/// A body whose frames the test sends.
struct Frames(mpsc::Receiver<Frame<Bytes>>);

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.0.poll_recv(cx).map(|frame| frame.map(Ok))
    }
}

struct Decode;

impl Decoder for Decode {
    type Item = HelloRequest;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<HelloRequest>, Status> {
        prost::Message::decode(buf).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

/// Returns the frame of a message with the name "a".
fn message() -> Frame<Bytes> {
    Frame::data(Bytes::from_static(b"\0\0\0\0\x03\x0a\x01a"))
}

fn request() -> (mpsc::Sender<Frame<Bytes>>, Request<tonic::Streaming<HelloRequest>>) {
    let (sender, receiver) = mpsc::channel(3);
    (sender, Request::new(tonic::Streaming::new_request(Decode, Frames(receiver), None, None)))
}

/// Returns a request of two messages and trailers.
fn upload() -> Request<tonic::Streaming<HelloRequest>> {
    let (client, request) = request();
    let trailers = HeaderMap::from_iter([("x-checksum".parse().unwrap(), "aa".parse().unwrap())]);
    for frame in [message(), message(), Frame::trailers(trailers)] {
        client.try_send(frame).unwrap();
    }
    request
}

#[derive(Clone)]
struct Service(Tracer);

#[interceptor(Traced("A", &self.0), Traced("B", &self.0))]
#[rpc(default_stubs)]
impl Greeter for Service {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(HelloResponse::default())
    }

    /// Reads in another task; the stream of responses never ends.
    async fn bidi_hello(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            while let Ok(Some(request)) = requests.message().await {
                let _ = sender.send(Ok(HelloResponse { reply: request.name })).await;
            }
            std::future::pending::<()>().await;
        });
        Ok(ReceiverStream::new(receiver))
    }
}

async fn hooks_that_panic_are_finished_once_and_so_are_all_others(setup: Setup) {
    for (panics, ends) in [("B.f(ok)", "B.f(ok) A.f(panicked)"), ("A.w", "B.f(panicked) A.f(panicked)")] {
        let tracer = Tracer::new(Plan { panics, ..Plan::default() });
        let service = Service(tracer.clone());
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        let status = client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
        tracer.shared.finished.notified().await;
        assert_eq!(tracer.trace(), format!("A.s B.s A.r B.r B.w A.w {ends}"));
    }
}

/// Nothing but the rejection wakes the call.
async fn a_message_that_is_rejected_in_another_task_ends_the_call(setup: Setup) {
    for (plan, code, text) in [
        (Plan { fails: "B.r", after: 1, ..Plan::default() }, Code::Aborted, "B.r"),
        (Plan { panics: "B.r", after: 1, ..Plan::default() }, Code::Internal, "internal error"),
    ] {
        let service = Service(Tracer::new(plan));
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        let requests = tokio_stream::iter(["a", "b"]).map(hello).chain(tokio_stream::pending());
        let (received, end) = all_responses(client.bidi_hello(requests).await).await;
        // The rejection may overtake the first response.
        assert!(received.len() <= 1);
        assert_eq!(end, Err((code, text.to_owned())));
    }
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Gives its stream to the test, and waits for ever.
struct Handing {
    streams: mpsc::Sender<Streaming<HelloRequest>>,
    tracer: Tracer,
}

#[interceptor(Traced("A", &self.tracer))]
#[rpc(default_stubs)]
impl Greeter for Handing {
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        self.streams.send(requests).await.unwrap();
        std::future::pending().await
    }
}

#[test]
fn a_rejection_wakes_the_task_that_polled_the_call_last() {
    let (sender, mut streams) = mpsc::channel(1);
    let tracer = Tracer::new(Plan { fails: "A.r", ..Plan::default() });
    let service = Handing { streams: sender, tracer };
    let (client, request) = request();
    let mut call = service.lots_of_greetings(request);
    let [first, second] = [(); 2].map(|()| Arc::new(Wakes::default()));
    for wakes in [&first, &second] {
        let waker = Waker::from(Arc::clone(wakes));
        assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }

    let mut stream = streams.try_recv().expect("it was handed over");
    client.try_send(message()).unwrap();
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(Err(status)) = pin!(stream.message()).poll(cx) else { panic!("it is rejected") };
    assert_eq!(status.code(), Code::Aborted);
    assert_eq!((first.0.load(Ordering::Relaxed), second.0.load(Ordering::Relaxed)), (0, 1));
    let Poll::Ready(end) = call.as_mut().poll(cx) else { panic!("the call has ended") };
    assert_eq!(end.unwrap_err().code(), Code::Aborted);
}

/// Counts the messages, and rejects those above a number.
#[derive(Clone)]
struct AtMost {
    messages: usize,
    seen: Arc<AtomicUsize>,
}

impl Interceptor for AtMost {
    type Provides = ();
    type Hooks = AtMost;

    async fn start(&self, _call: &Call) -> Result<((), AtMost), Status> {
        Ok(((), self.clone()))
    }
}

impl<M: Method> Hooks<M> for AtMost {
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        let before = self.seen.fetch_add(1, Ordering::Relaxed);
        if before < self.messages { Ok(()) } else { Err(Status::cancelled("no more")) }
    }
}

/// Writes down the results that its handlers get.
#[derive(Clone)]
struct Reading {
    at_most: AtMost,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Reading {
    fn new(messages: usize) -> Self {
        Self { at_most: AtMost { messages, seen: Arc::default() }, lines: Arc::default() }
    }

    fn add<T>(&self, result: Result<Option<T>, Status>) {
        self.lines.lock().unwrap().push(match result {
            Ok(Some(_)) => "some".to_owned(),
            Ok(None) => "none".to_owned(),
            Err(status) => format!("{:?}", status.code()),
        });
    }

    fn lines(&self) -> String {
        self.lines.lock().unwrap().join(" ")
    }
}

#[interceptor(self.at_most.clone())]
#[rpc(default_stubs)]
impl Greeter for Reading {
    /// Reads the trailers and no message, from our `Streaming`.
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        self.add(requests.trailers().await);
        Ok(HelloResponse::default())
    }

    /// Reads from tonic's `Streaming`, and goes on after an error.
    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let mut requests = request.into_inner();
        for _ in 0..3 {
            self.add(requests.message().await);
        }
        self.add(requests.trailers().await);
        Ok(tokio_stream::empty())
    }
}

#[tokio::test]
async fn the_trailers_of_a_client_come_after_all_messages_have_passed_the_hooks() {
    let service = Reading::new(9);
    service.lots_of_greetings(upload()).await.unwrap();
    assert_eq!(service.lines(), "some");
    assert_eq!(service.at_most.seen.load(Ordering::Relaxed), 2);

    let service = Reading::new(9);
    service.bidi_hello(upload()).await.unwrap();
    assert_eq!(service.lines(), "some some none some");
}

#[tokio::test]
async fn a_hook_may_reject_with_cancelled_and_a_handler_in_the_form_of_tonic_learns_of_it() {
    let service = Reading::new(1);
    let status = service.bidi_hello(upload()).await.map(drop).unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Cancelled, "no more"));
    let lines = service.lines();
    assert!(lines.starts_with("some Cancelled none"), "{lines}");
}

/// Ends its call while another task still holds the stream.
#[derive(Clone)]
struct EndsEarly(mpsc::Sender<Streaming<HelloRequest>>);

#[interceptor(AtMost { messages: 9, seen: Arc::default() })]
#[rpc(default_stubs)]
impl Greeter for EndsEarly {
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        self.0.send(requests).await.map_err(|_| Status::internal("nobody takes it"))?;
        Ok(HelloResponse { reply: "done".to_owned() })
    }
}

async fn an_inbound_stream_ends_with_its_call(setup: Setup) {
    let (sender, mut streams) = mpsc::channel(1);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(EndsEarly(sender)))).await;
    let requests = tokio_stream::iter(["a", "b"]).map(hello).chain(tokio_stream::pending());
    assert_eq!(client.lots_of_greetings(requests).await.unwrap().into_inner().reply, "done");
    let mut stream = streams.recv().await.expect("it was handed over");
    let end = stream.message().await.expect_err("no hook may see a message now");
    assert_eq!(end.code(), Code::Cancelled);
    assert_eq!(stream.message().await.unwrap(), None);
}
