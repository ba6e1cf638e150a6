//! However a stream ends, its client learns why, and its handler's messages end as well.

mod support;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use support::{connect_greeter, hello, replies, served};
use tokio::sync::{Notify, mpsc};
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::codegen::BoxStream;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Rest, Status, Streaming, interceptor};
use vestibule_interceptors::Deadline;

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

fn failed(code: Code, message: &str) -> Result<(), (Code, String)> {
    Err((code, message.to_owned()))
}

/// Gives up the rest when it has been polled so often, whatever it has left on the way.
#[interceptor]
async fn polls(call: &Call, limit: u32, rest: impl Rest) -> Result<(), Status> {
    call.response_metadata().insert("x-early", "1".parse().unwrap());
    let mut rest = pin!(rest);
    let mut polls = 0;
    std::future::poll_fn(|cx| {
        polls += 1;
        match rest.as_mut().poll(cx) {
            Poll::Pending if polls == limit => Poll::Ready(Err(Status::aborted("given up"))),
            poll => poll,
        }
    })
    .await
}

#[interceptor]
async fn swallows(rest: impl Rest) -> Result<(), Status> {
    rest.await.or(Ok(()))
}

/// Always has a further message.
#[derive(Clone)]
struct Busy;

#[interceptor()]
#[rpc(default_stubs)]
impl Greeter for Busy {
    #[interceptor(polls(3))]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..).map(|n: u32| Ok(reply(n.to_string()))))
    }

    #[interceptor(polls(1))]
    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

#[tokio::test]
async fn what_was_on_its_way_is_delivered_and_then_the_status() {
    let mut client = connect_greeter(served!(GreeterServer::new(Busy))).await;
    let (received, end) = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, ["0", "1"]);
    assert_eq!(end, failed(Code::Aborted, "given up"));

    let response = client.bidi_hello(tokio_stream::pending()).await.expect("the headers were on their way");
    assert_eq!(response.metadata().get("x-early").unwrap(), "1");
    assert_eq!(replies(Ok(response)).await, (vec![], failed(Code::Aborted, "given up")));
}

#[derive(Clone)]
struct BusyUntil(Duration);

#[interceptor(Deadline::at_most(self.0))]
#[rpc(default_stubs)]
impl Greeter for BusyUntil {
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..).map(|n: u32| Ok(reply(n.to_string()))))
    }
}

#[tokio::test]
async fn a_busy_stream_is_told_of_its_deadline() {
    let service = BusyUntil(Duration::from_millis(20));
    let mut client = connect_greeter(served!(GreeterServer::new(service))).await;
    let (_, end) = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(end, failed(Code::DeadlineExceeded, "deadline exceeded"));
}

#[derive(Clone)]
struct Swallowed;

#[interceptor(swallows())]
#[rpc(default_stubs)]
impl Greeter for Swallowed {
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([Ok(reply("a")), Err(Status::aborted("b"))]))
    }
}

#[tokio::test]
async fn a_stream_that_was_cut_short_never_ends_well() {
    let mut client = connect_greeter(served!(GreeterServer::new(Swallowed))).await;
    let (received, end) = replies(client.lots_of_replies(hello("a")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned()], failed(Code::Internal, "internal error")));
}

/// Rejects the second message, and tells when its hooks are gone.
#[derive(Clone, Default)]
struct OneMessage {
    received: Arc<AtomicU32>,
    is_gone: Arc<AtomicBool>,
}

impl Interceptor for OneMessage {
    type Provides = ();
    type Hooks = Counting;

    async fn start(&self, _call: &Call) -> Result<((), Counting), Status> {
        Ok(((), Counting(self.clone())))
    }
}

struct Counting(OneMessage);

impl<M: Method> Hooks<M> for Counting {
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        match self.0.received.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            _ => Err(Status::resource_exhausted("too many")),
        }
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.0.is_gone.store(true, Ordering::SeqCst);
    }
}

/// A handler that makes something else of a rejection.
#[derive(Clone)]
struct Careless(&'static str);

#[interceptor(OneMessage::default())]
#[rpc(default_stubs)]
impl Greeter for Careless {
    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<BoxStream<HelloResponse>, Status> {
        let names = requests.map(|request| request.map(|request| reply(request.name)));
        Ok(match self.0 {
            "ends" => Box::pin(names.map_while(Result::ok).map(Ok)),
            "replaces" => Box::pin(names.map(|name| name.map_err(|_| Status::unknown("mine")))),
            _ => Box::pin(names.map(|name| name.or_else(|_| Ok(reply("an error"))))),
        })
    }
}

#[tokio::test]
async fn a_rejection_is_the_end_whatever_a_stream_makes_of_it() {
    for how in ["ends", "replaces", "goes on"] {
        let mut client = connect_greeter(served!(GreeterServer::new(Careless(how)))).await;
        let requests = tokio_stream::iter(["a", "b", "c"]).map(hello);
        let (received, end) = replies(client.bidi_hello(requests).await).await;
        assert_eq!(
            (received, end),
            (vec!["a".to_owned()], failed(Code::ResourceExhausted, "too many")),
            "{how}"
        );
    }
}

/// Ends its call while another task holds the stream.
#[derive(Clone)]
struct Handing(mpsc::Sender<Streaming<HelloRequest>>);

impl Handing {
    async fn hand(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        self.0.send(requests).await.map_err(|_| Status::internal("nobody takes it"))?;
        Ok(reply("done"))
    }
}

#[interceptor()]
#[rpc(default_stubs)]
impl Greeter for Handing {
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        self.hand(requests).await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(self.hand(requests).await?)))
    }
}

struct HandingWithHooks(Handing, OneMessage);

#[interceptor(&self.1)]
#[rpc(default_stubs)]
impl Greeter for HandingWithHooks {
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        self.0.hand(requests).await
    }
}

/// Ends its call once another task waits for a message.
struct Awaited(Handing, Arc<Notify>);

#[interceptor()]
#[rpc(default_stubs)]
impl Greeter for Awaited {
    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        let done = self.0.hand(requests).await;
        self.1.notified().await;
        done
    }
}

#[tokio::test]
async fn who_waits_for_a_silent_client_is_told_of_the_end() {
    let (sender, mut streams) = mpsc::channel(1);
    let is_waited_for = Arc::<Notify>::default();
    let service = Awaited(Handing(sender), Arc::clone(&is_waited_for));
    let mut client = connect_greeter(served!(GreeterServer::new(service))).await;
    // A task of its own, which nothing else wakes.
    let reader = tokio::spawn(async move {
        let mut stream = streams.recv().await.expect("it was handed over");
        let first = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut stream).poll_next(cx))).await;
        assert!(first.is_pending());
        is_waited_for.notify_one();
        let end = stream.message().await.expect_err("the call has ended");
        (end.code(), stream.message().await.expect("nothing comes after an error"))
    });
    // It sends nothing, and keeps its side open.
    let answer = client.lots_of_greetings(tokio_stream::pending()).await;
    assert_eq!(answer.unwrap().into_inner().reply, "done");
    assert_eq!(reader.await.unwrap(), (Code::Cancelled, None));
}

#[tokio::test]
async fn without_an_entry_as_well_no_message_comes_after_the_end() {
    let (sender, mut streams) = mpsc::channel(1);
    let mut client = connect_greeter(served!(GreeterServer::new(Handing(sender)))).await;
    let requests = || tokio_stream::iter(["a", "b"]).map(hello).chain(tokio_stream::pending());
    assert_eq!(client.lots_of_greetings(requests()).await.unwrap().into_inner().reply, "done");
    let mut stream = streams.recv().await.expect("it was handed over");
    assert_eq!(stream.message().await.expect_err("the call has ended").code(), Code::Cancelled);
    let (received, end) = replies(client.bidi_hello(requests()).await).await;
    assert_eq!((received, end), (vec!["done".to_owned()], Ok(())));
    let mut stream = streams.recv().await.expect("it was handed over");
    assert_eq!(stream.message().await.expect_err("the call has ended").code(), Code::Cancelled);
}

#[tokio::test]
async fn hooks_are_dropped_with_their_call_though_the_stream_is_kept() {
    let (sender, mut streams) = mpsc::channel(1);
    let hooks = OneMessage::default();
    let service = HandingWithHooks(Handing(sender), hooks.clone());
    let mut client = connect_greeter(served!(GreeterServer::new(service))).await;
    let answer = client.lots_of_greetings(tokio_stream::pending()).await;
    assert_eq!(answer.unwrap().into_inner().reply, "done");
    let _stream = streams.recv().await.expect("it was handed over");
    assert!(hooks.is_gone.load(Ordering::SeqCst));
}

/// Asks on after a rejection, in both forms of a stream. The client keeps its side open.
#[derive(Clone)]
struct AskingOn(mpsc::Sender<String>);

impl AskingOn {
    async fn tell<T>(&self, result: Result<Option<T>, Status>) {
        let text = match result {
            Ok(None) => "none".to_owned(),
            Ok(Some(_)) => "some".to_owned(),
            Err(status) => format!("{:?}", status.code()),
        };
        self.0.send(text).await.expect("the test waits for it");
    }
}

#[interceptor(OneMessage::default())]
#[rpc(default_stubs)]
impl Greeter for AskingOn {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let log = self.clone();
        tokio::spawn(async move {
            for _ in 0..3 {
                log.tell(requests.message().await).await;
            }
            log.tell(requests.trailers().await).await;
        });
        std::future::pending().await
    }

    async fn bidi_hello(
        &self,
        request: Request<tonic::Streaming<HelloRequest>>,
    ) -> Result<BoxStream<HelloResponse>, Status> {
        let (log, mut requests) = (self.clone(), request.into_inner());
        tokio::spawn(async move {
            for _ in 0..3 {
                log.tell(requests.message().await).await;
            }
            log.tell(requests.trailers().await).await;
        });
        std::future::pending().await
    }
}

#[tokio::test]
async fn after_a_rejection_there_is_nothing_and_nobody_waits() {
    let (sender, mut log) = mpsc::channel(4);
    let mut client = connect_greeter(served!(GreeterServer::new(AskingOn(sender)))).await;
    let requests = || tokio_stream::iter(["a", "b", "c"]).map(hello).chain(tokio_stream::pending());
    let rejected = failed(Code::ResourceExhausted, "too many");
    let mut told = async || {
        let mut told = Vec::new();
        while told.len() < 4 {
            log.recv_many(&mut told, 4).await;
        }
        told.join(" ")
    };

    let answer = client.lots_of_greetings(requests()).await;
    assert_eq!(answer.map(drop).map_err(|status| (status.code(), status.message().to_owned())), rejected);
    assert_eq!(told().await, "some ResourceExhausted none none");

    let (_, end) = replies(client.bidi_hello(requests()).await).await;
    assert_eq!(end, rejected);
    assert_eq!(told().await, "some ResourceExhausted none none");
}
