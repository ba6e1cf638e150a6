//! However a stream ends, its client learns why, and its handler's messages end as well.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use tokio::sync::{Notify, mpsc};
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::codegen::BoxStream;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Rest, Status, Streaming, interceptor};

use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    what_was_on_its_way_is_delivered_and_then_the_status,
    a_stream_that_was_cut_short_never_ends_well,
    a_rejection_is_the_end_whatever_a_stream_makes_of_it,
    a_task_that_waits_for_a_silent_client_is_told_of_the_end,
    no_message_comes_after_the_end_without_an_entry_either,
    hooks_are_dropped_with_their_call_though_the_stream_is_kept,
    no_message_comes_after_a_rejection_and_no_read_waits
);

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

fn failed(code: Code, message: &str) -> Result<(), (Code, String)> {
    Err((code, message.to_owned()))
}

/// Drops the rest when it has been polled that many times, whatever the rest has sent before.
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

/// Has a further message each time it is polled.
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

async fn what_was_on_its_way_is_delivered_and_then_the_status(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Busy))).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!(received, ["0", "1"]);
    assert_eq!(end, failed(Code::Aborted, "given up"));

    let response = client.bidi_hello(tokio_stream::pending()).await.expect("the headers were on their way");
    assert_eq!(response.metadata().get("x-early").unwrap(), "1");
    assert_eq!(all_responses(Ok(response)).await, (vec![], failed(Code::Aborted, "given up")));
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

async fn a_stream_that_was_cut_short_never_ends_well(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Swallowed))).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!((received, end), (vec!["a".to_owned()], failed(Code::Internal, "internal error")));
}

/// Rejects the second message, and notes when its hooks are dropped.
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

/// A handler that does not return the rejection that it gets.
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

async fn a_rejection_is_the_end_whatever_a_stream_makes_of_it(setup: Setup) {
    for how in ["ends", "replaces", "goes on"] {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Careless(how)))).await;
        let requests = tokio_stream::iter(["a", "b", "c"]).map(hello);
        let (received, end) = all_responses(client.bidi_hello(requests).await).await;
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

async fn a_task_that_waits_for_a_silent_client_is_told_of_the_end(setup: Setup) {
    let (sender, mut streams) = mpsc::channel(1);
    let is_waited_for = Arc::<Notify>::default();
    let service = Awaited(Handing(sender), Arc::clone(&is_waited_for));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    // Nothing else wakes this task.
    let reader = tokio::spawn(async move {
        let mut stream = streams.recv().await.expect("it was handed over");
        let first = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut stream).poll_next(cx))).await;
        assert!(first.is_pending());
        is_waited_for.notify_one();
        let end = stream.message().await.expect_err("the call has ended");
        (end.code(), stream.message().await.expect("nothing comes after an error"))
    });
    // The client sends nothing, and leaves its request open.
    let answer = client.lots_of_greetings(tokio_stream::pending()).await;
    assert_eq!(answer.unwrap().into_inner().reply, "done");
    assert_eq!(reader.await.unwrap(), (Code::Cancelled, None));
}

async fn no_message_comes_after_the_end_without_an_entry_either(setup: Setup) {
    let (sender, mut streams) = mpsc::channel(1);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Handing(sender)))).await;
    let requests = || tokio_stream::iter(["a", "b"]).map(hello).chain(tokio_stream::pending());
    assert_eq!(client.lots_of_greetings(requests()).await.unwrap().into_inner().reply, "done");
    let mut stream = streams.recv().await.expect("it was handed over");
    assert_eq!(stream.message().await.expect_err("the call has ended").code(), Code::Cancelled);
    let (received, end) = all_responses(client.bidi_hello(requests()).await).await;
    assert_eq!((received, end), (vec!["done".to_owned()], Ok(())));
    let mut stream = streams.recv().await.expect("it was handed over");
    assert_eq!(stream.message().await.expect_err("the call has ended").code(), Code::Cancelled);
}

async fn hooks_are_dropped_with_their_call_though_the_stream_is_kept(setup: Setup) {
    let (sender, mut streams) = mpsc::channel(1);
    let hooks = OneMessage::default();
    let service = HandingWithHooks(Handing(sender), hooks.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let answer = client.lots_of_greetings(tokio_stream::pending()).await;
    assert_eq!(answer.unwrap().into_inner().reply, "done");
    let _stream = streams.recv().await.expect("it was handed over");
    assert!(hooks.is_gone.load(Ordering::SeqCst));
}

/// Reads on after a rejection, in both forms of a stream. The client leaves its request open.
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

async fn no_message_comes_after_a_rejection_and_no_read_waits(setup: Setup) {
    let (sender, mut log) = mpsc::channel(4);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(AskingOn(sender)))).await;
    let requests = || tokio_stream::iter(["a", "b", "c"]).map(hello).chain(tokio_stream::pending());
    let rejected = failed(Code::ResourceExhausted, "too many");
    let mut results = async || {
        let mut lines = Vec::new();
        while lines.len() < 4 {
            log.recv_many(&mut lines, 4).await;
        }
        lines.join(" ")
    };

    let answer = client.lots_of_greetings(requests()).await;
    assert_eq!(answer.map(drop).map_err(|status| (status.code(), status.message().to_owned())), rejected);
    assert_eq!(results().await, "some ResourceExhausted none none");

    let (_, end) = all_responses(client.bidi_hello(requests()).await).await;
    assert_eq!(end, rejected);
    assert_eq!(results().await, "some ResourceExhausted none none");
}
