//! An interceptor that wraps a call sees its end, also when nobody waits for the call any more.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::hello_stubs;
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use vestibule::{Call, Code, Interceptor, Rest, Status, Streaming, interceptor};

use crate::support::tracer::{TracedFinish, Tracer, traced_rest};
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_client_that_goes_away_interrupts_what_wraps_the_call,
    a_client_that_goes_away_in_the_midst_of_a_stream_interrupts_what_wraps_the_call,
    a_start_that_is_under_way_is_interrupted_with_what_wraps_it,
    an_interceptor_that_gives_up_the_rest_interrupts_what_is_further_in,
    a_client_that_breaks_off_has_not_sent_all,
);

// `a_future_that_is_dropped_interrupts_what_wraps_the_call` runs in one setup only, because it drops the future of the
// trait's method itself.

/// Its handlers hang.
#[derive(Clone, Default)]
struct Hangs(Tracer);

/// Waits for ever once the rest has ended.
#[interceptor]
async fn never_ends(rest: impl Rest) -> Result<(), Status> {
    rest.await.ok();
    std::future::pending().await
}

/// Drops the rest after one poll.
#[interceptor]
async fn impatient(rest: impl Rest) -> Result<(), Status> {
    {
        let mut rest = pin!(rest);
        let poll = std::future::poll_fn(|cx| Poll::Ready(rest.as_mut().poll(cx))).await;
        assert!(poll.is_pending());
    }
    Err(Status::deadline_exceeded("too slow"))
}

/// Hangs in its `start`.
struct Hanging<'a>(&'a Tracer);

impl Interceptor for Hanging<'_> {
    type Provides = ();
    type Hooks = TracedFinish;

    async fn start(&self, _call: &Call) -> Result<((), TracedFinish), Status> {
        self.0.hang().await;
        unreachable!("it hangs, and must not be polled again")
    }
}

/// Traces its `on_finish`, and does not wrap the call.
struct Finishes<'a>(&'static str, &'a Tracer);

impl Interceptor for Finishes<'_> {
    type Provides = ();
    type Hooks = TracedFinish;

    async fn start(&self, _call: &Call) -> Result<((), TracedFinish), Status> {
        Ok(((), TracedFinish(self.0, self.1.clone())))
    }
}

#[interceptor(traced_rest("A", &self.0))]
impl Greeter for Hangs {
    #[interceptor(Finishes("B", &self.0), traced_rest("C", &self.0))]
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        self.0.hang().await;
        unreachable!("it hangs, and must not be polled again")
    }

    #[interceptor(Finishes("B", &self.0), traced_rest("C", &self.0))]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let first = tokio_stream::once(Ok(HelloResponse { reply: "first".to_owned() }));
        Ok(first.chain(tokio_stream::once(()).then(|()| async {
            self.0.hang().await;
            Err(Status::internal("it hangs"))
        })))
    }

    #[interceptor(traced_rest("B", &self.0), Hanging(&self.0))]
    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::internal("its chain hangs"))
    }

    #[interceptor(
        Finishes("B", &self.0), impatient(), Finishes("C", &self.0), traced_rest("D", &self.0), never_ends(),
    )]
    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.0.hang().await;
        Ok(tokio_stream::empty())
    }
}

/// Returns the trace once the outermost interceptor knows the end.
async fn interrupted(tracer: &Tracer) -> String {
    tracer.until(|trace| trace.ends_with("A.a(interrupted)")).await;
    tracer.take()
}

async fn a_client_that_goes_away_interrupts_what_wraps_the_call(setup: Setup) {
    let Hangs(tracer) = Hangs::default();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Hangs(tracer.clone())))).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await.map(drop) });
    tracer.shared.hanging.notified().await;
    call.abort();
    assert_eq!(interrupted(&tracer).await, "C.a(interrupted) B.f(interrupted) A.a(interrupted)");
}

async fn a_client_that_goes_away_in_the_midst_of_a_stream_interrupts_what_wraps_the_call(setup: Setup) {
    let Hangs(tracer) = Hangs::default();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Hangs(tracer.clone())))).await;
    let mut stream = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().reply, "first");
    tracer.shared.hanging.notified().await;
    drop(stream);
    assert_eq!(interrupted(&tracer).await, "C.a(interrupted) B.f(interrupted) A.a(interrupted)");
}

async fn a_start_that_is_under_way_is_interrupted_with_what_wraps_it(setup: Setup) {
    let Hangs(tracer) = Hangs::default();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Hangs(tracer.clone())))).await;
    let call = tokio::spawn(async move { client.lots_of_greetings(tokio_stream::pending()).await.map(drop) });
    tracer.shared.hanging.notified().await;
    call.abort();
    assert_eq!(interrupted(&tracer).await, "B.a(interrupted) A.a(interrupted)");
}

async fn an_interceptor_that_gives_up_the_rest_interrupts_what_is_further_in(setup: Setup) {
    let Hangs(tracer) = Hangs::default();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Hangs(tracer.clone())))).await;
    let status = client.bidi_hello(tokio_stream::pending()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    // The call has failed for the interceptors further out.
    let expected = "D.a(interrupted) C.f(interrupted) B.f(DeadlineExceeded) A.a(DeadlineExceeded)";
    assert_eq!(tracer.take(), expected);
}

/// The call is polled once and dropped: nothing runs twice, and nothing is left out.
#[test]
fn a_future_that_is_dropped_interrupts_what_wraps_the_call() {
    let service = Hangs::default();
    {
        let mut call = service.say_hello(Request::new(hello("a")));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(service.0.take(), "");
    }
    assert_eq!(service.0.take(), "C.a(interrupted) B.f(interrupted) A.a(interrupted)");
    drop(service.say_hello(Request::new(hello("a"))));
    assert_eq!(service.0.take(), "", "a call that was never polled has no end");
}

/// Counts the uploads that it takes for complete.
#[derive(Default)]
struct Uploads {
    received: Notify,
    is_over: Arc<Notify>,
    are_complete: AtomicU32,
}

/// Notifies the test when a call is over, whatever its end.
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

async fn a_client_that_breaks_off_has_not_sent_all(setup: Setup) {
    use hello_stubs::greeter_server::GreeterServer;

    let uploads = Arc::new(Uploads::default());
    let addr = serve_in!(setup, GreeterServer::from_arc(Arc::clone(&uploads)));
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
