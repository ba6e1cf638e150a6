//! What wraps a call also sees it end when nobody waits for it any more.

mod support;

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::hello_stubs;
use support::{connect_greeter, hello, serve, served};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Rest, Status, Streaming, interceptor};

#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    ended: Arc<Notify>,
    hanging: Arc<Notify>,
}

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.lines.lock().unwrap().push(line.into());
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.lines.lock().unwrap()).join(", ")
    }

    async fn hang(&self) {
        self.hanging.notify_one();
        std::future::pending::<()>().await;
    }
}

/// Writes down how the rest ended.
#[interceptor]
async fn access_log(name: &str, log: &Log, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    log.add(format!("{name} {:?}", result.as_ref().map_err(Status::code)));
    log.ended.notify_one();
    result
}

/// Waits for ever once the rest has ended.
#[interceptor]
async fn never_ends(rest: impl Rest) -> Result<(), Status> {
    rest.await.ok();
    std::future::pending().await
}

/// Has the rest end after one poll.
#[interceptor]
async fn impatient(rest: impl Rest) -> Result<(), Status> {
    {
        let mut rest = pin!(rest);
        let poll = std::future::poll_fn(|cx| Poll::Ready(rest.as_mut().poll(cx))).await;
        assert!(poll.is_pending());
    }
    Err(Status::deadline_exceeded("too slow"))
}

/// Hangs in its start.
struct Hanging<'a>(&'a Log);

impl Interceptor for Hanging<'_> {
    type Provides = ();
    type Hooks = Told;

    async fn start(&self, _call: &Call) -> Result<((), Told), Status> {
        self.0.hang().await;
        unreachable!("it hangs, and must not be polled again")
    }
}

/// Writes down the outcome.
struct Telling<'a>(&'a Log);

struct Told(Log);

impl Interceptor for Telling<'_> {
    type Provides = ();
    type Hooks = Told;

    async fn start(&self, _call: &Call) -> Result<((), Told), Status> {
        Ok(((), Told(self.0.clone())))
    }
}

impl<M: Method> Hooks<M> for Told {
    fn on_finish(&mut self, outcome: &Outcome) {
        self.0.add(match outcome.code() {
            Some(code) => format!("told {code:?}"),
            None => "told interrupted".to_owned(),
        });
    }
}

#[interceptor(access_log("outer", self))]
impl Greeter for Log {
    #[interceptor(Telling(self), access_log("inner", self))]
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        self.hang().await;
        unreachable!("it hangs, and must not be polled again")
    }

    #[interceptor(Telling(self), access_log("inner", self))]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let first = tokio_stream::once(Ok(HelloResponse { reply: "first".to_owned() }));
        Ok(first.chain(tokio_stream::once(()).then(|()| async {
            self.hang().await;
            Err(Status::internal("it hangs"))
        })))
    }

    #[interceptor(access_log("inner", self), Hanging(self))]
    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::internal("its chain hangs"))
    }

    #[interceptor(Telling(self), impatient(), Telling(self), access_log("inner", self), never_ends())]
    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.hang().await;
        Ok(tokio_stream::empty())
    }
}

#[tokio::test]
async fn when_the_client_goes_away() {
    let log = Log::default();
    let mut client = connect_greeter(served!(GreeterServer::new(log.clone()))).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await.map(drop) });
    log.hanging.notified().await;
    call.abort();
    while log.lines.lock().unwrap().len() < 3 {
        log.ended.notified().await;
    }
    assert_eq!(log.take(), "inner Err(Cancelled), told interrupted, outer Err(Cancelled)");
}

#[tokio::test]
async fn when_the_client_goes_away_in_the_midst_of_a_stream() {
    let log = Log::default();
    let mut client = connect_greeter(served!(GreeterServer::new(log.clone()))).await;
    let mut stream = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().reply, "first");
    log.hanging.notified().await;
    drop(stream);
    while log.lines.lock().unwrap().len() < 3 {
        log.ended.notified().await;
    }
    assert_eq!(log.take(), "inner Err(Cancelled), told interrupted, outer Err(Cancelled)");
}

#[tokio::test]
async fn when_a_start_further_in_is_under_way() {
    let log = Log::default();
    let mut client = connect_greeter(served!(GreeterServer::new(log.clone()))).await;
    let call = tokio::spawn(async move { client.lots_of_greetings(tokio_stream::pending()).await.map(drop) });
    log.hanging.notified().await;
    call.abort();
    while log.lines.lock().unwrap().len() < 2 {
        log.ended.notified().await;
    }
    assert_eq!(log.take(), "inner Err(Cancelled), outer Err(Cancelled)");
}

#[tokio::test]
async fn when_an_interceptor_gives_up_the_rest() {
    let log = Log::default();
    let mut client = connect_greeter(served!(GreeterServer::new(log.clone()))).await;
    let status = client.bidi_hello(tokio_stream::pending()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    // What is further in was interrupted; for what is further out the call has failed.
    let expected =
        "inner Err(Cancelled), told interrupted, told DeadlineExceeded, outer Err(DeadlineExceeded)";
    assert_eq!(log.take(), expected);
}

/// The call is polled once and dropped: nothing runs twice, and nothing is left out.
#[test]
fn when_the_future_is_dropped() {
    let log = Log::default();
    {
        let mut call = log.say_hello(Request::new(hello("a")));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(log.take(), "");
    }
    assert_eq!(log.take(), "inner Err(Cancelled), told interrupted, outer Err(Cancelled)");
    drop(log.say_hello(Request::new(hello("a"))));
    assert_eq!(log.take(), "", "a call that never began does not end");
}

/// Counts uploads that it takes for complete.
#[derive(Default)]
struct Uploads {
    received: Notify,
    is_over: Arc<Notify>,
    are_complete: AtomicU32,
}

/// Tells that a call is over, whatever its end.
struct Over(Arc<Notify>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[interceptor()]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Uploads {
    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<hello_stubs::HelloRequest>,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        let _over = Over(Arc::clone(&self.is_over));
        while requests.message().await?.is_some() {
            self.received.notify_one();
        }
        self.are_complete.fetch_add(1, Ordering::Relaxed);
        Ok(hello_stubs::HelloResponse::default())
    }
}

#[tokio::test]
async fn a_client_that_breaks_off_has_not_sent_all() {
    let uploads = Arc::new(Uploads::default());
    let addr = serve(hello_stubs::greeter_server::GreeterServer::from_arc(Arc::clone(&uploads))).await;
    let mut client = connect_greeter(addr).await;
    for _ in 0..20 {
        let mut client = client.clone();
        let first_of_more = tokio_stream::once(hello("a")).chain(tokio_stream::pending());
        let call = tokio::spawn(async move { client.lots_of_greetings(first_of_more).await.map(drop) });
        uploads.received.notified().await;
        call.abort();
        uploads.is_over.notified().await;
    }
    assert_eq!(uploads.are_complete.load(Ordering::Relaxed), 0);
    client.lots_of_greetings(tokio_stream::once(hello("a"))).await.unwrap();
    assert_eq!(uploads.are_complete.load(Ordering::Relaxed), 1);
}
