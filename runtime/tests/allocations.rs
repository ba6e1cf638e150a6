//! A program of its own: its global allocator counts, which would slow other tests down.
//!
//! The chain allocates nothing, neither for an interceptor nor for what it borrows from the call.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use allocation_counter::AllocationInfo;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::{Request, Response};
use vestibule::extract::CallDeadline;
use vestibule::metadata::Bearer;
use vestibule::{
    Call, Hooks, Interceptor, Method, MethodInfo, Mount, Rest, Shape, Status, Streaming, except, interceptor,
    only,
};

#[interceptor]
async fn around(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let _ = call;
    rest.await
}

#[interceptor]
async fn authenticate(
    secret: &str,
    #[metadata("authorization")] token: Bearer<'_>,
    #[metadata("x-limit")] limit: Option<u32>,
) -> Result<u32, Status> {
    if token.token() == secret { Ok(limit.unwrap_or(1)) } else { Err(Status::unauthenticated("no")) }
}

/// The allocations of a handler beyond those of tonic alone. A debug build boxes its future, because unoptimized
/// code copies it on the stack; the budgets of the benches are counted without that.
const HANDLER: u64 = if cfg!(debug_assertions) { 1 } else { 0 };

struct Counting;

impl Interceptor for Counting {
    type Provides = ();
    type Hooks = Counting;

    async fn start(&self, _call: &Call) -> Result<((), Counting), Status> {
        Ok(((), Counting))
    }
}

impl<M: Method> Hooks<M> for Counting {}

struct Bare;

#[tonic::async_trait]
impl Probe for Bare {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong { text: request.into_inner().text }))
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.echo(request).await
    }
}

const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
const GET_URL: &MethodInfo = &MethodInfo::new("/probe.Probe/GetURL", Shape::Unary);

struct Annotated;

#[interceptor]
impl Probe for Annotated {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[interceptor(
        e1 = around(), e2 = Counting, e3 = around(), e4 = Counting, e5 = around(), e6 = around(),
        e7 = Counting,
        limit = authenticate("secret"), other = authenticate("secret"), e8 = around(),
        only([GET_URL], around()), except([ECHO, GET_URL], Counting), only([ECHO, GET_URL], Counting),
    )]
    async fn get_url(
        &self,
        request: Ping,
        limit: &u32,
        other: &u32,
        #[metadata("x-tenant")] tenant: &str,
        deadline: CallDeadline,
    ) -> Result<Pong, Status> {
        assert_eq!((limit + other, tenant, deadline.instant()), (14, "blue", None));
        Ok(Pong { text: request.text })
    }
}

/// Returns the allocations of one call, from the decoded request to the response.
fn allocations<'a, F>(call: impl FnOnce(Request<Ping>) -> F) -> u64
where
    F: Future<Output = Result<Response<Pong>, Status>> + 'a,
{
    let mut request = Request::new(Ping { text: "ping".to_owned() });
    for (key, value) in [("authorization", "Bearer secret"), ("x-limit", "7"), ("x-tenant", "blue")] {
        request.metadata_mut().insert(key, value.parse().expect("a value"));
    }
    let info = allocation_counter::measure(|| {
        let reply = pin!(call(request)).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(reply, Poll::Ready(Ok(_))));
    });
    info.count_total
}

#[test]
fn a_chain_allocates_no_more_than_a_bare_service() {
    let bare = allocations(|request| Bare.echo(request));
    assert_eq!(bare, 1, "async-trait boxes the future");
    assert_eq!(allocations(|request| Annotated.echo(request)), bare + HANDLER);
    assert_eq!(allocations(|request| Annotated.get_url(request)), bare + HANDLER);
}

/// Holds true if a task has asked to be polled again.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls a future that waits for nothing outside of it. Returns its output and the number of polls.
fn now<F: Future>(future: F, woken: &Arc<Woken>) -> (F::Output, usize) {
    let waker = Waker::from(Arc::clone(woken));
    let mut future = pin!(future);
    for polls in 1.. {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return (value, polls);
        }
        assert!(woken.0.swap(false, Ordering::Relaxed), "nothing has to be waited for");
    }
    unreachable!("it ends before the numbers do")
}

/// Returns what one call allocates, from the request over HTTP/2 to the end of the response, and the number of polls.
fn served<S>(mut server: S, path: &str) -> (AllocationInfo, usize)
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
{
    let mut call = || {
        let body = Body::new(Full::new(Bytes::from_static(b"\0\0\0\0\x06\x0a\x04ping")));
        let request = http::Request::post(path)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            // hyper's and tonic's servers leave extensions as well.
            .extension(())
            .body(body)
            .expect("a request");
        let (woken, mut polls) = (Arc::new(Woken::default()), 0);
        let info = allocation_counter::measure(|| {
            let (Ok(response), to_headers) = now(server.call(request), &woken);
            let (reply, to_end) = now(response.into_body().collect(), &woken);
            assert_eq!(reply.expect("it is whole").trailers().expect("it ends")["grpc-status"], "0");
            polls = to_headers + to_end;
        });
        (info, polls)
    };
    // The first call sets up what threads and libraries keep.
    call();
    call()
}

#[test]
fn a_chain_allocates_no_more_than_the_generated_server_and_a_mount_less() {
    let path = "/probe.Probe/Echo";
    // Each is ready when it is polled, once for the headers and once for the end.
    let count = |(info, polls): (AllocationInfo, usize)| (info.count_total, polls);
    let (bare, polls) = count(served(ProbeServer::new(Bare), path));
    assert_eq!(polls, 2);
    assert_eq!(count(served(ProbeServer::new(Annotated), path)), (bare + HANDLER, polls));
    assert_eq!(count(served(Mount::new(Annotated), path)), (bare + HANDLER - 6, polls));
}

#[derive(Clone)]
struct AllShapes;

#[interceptor]
impl Greeter for AllShapes {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(HelloResponse { reply: request.name })))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut names = String::new();
        while let Some(request) = requests.message().await? {
            names += &request.name;
        }
        Ok(HelloResponse { reply: names })
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(HelloResponse { reply: request?.name })))
    }
}

#[test]
fn a_mount_saves_the_large_buffer_of_a_single_message() {
    // tonic has buffers of 8 KiB. The mount saves whole ones; what else it saves is less than a fourth of one.
    let saved = ["SayHello", "LotsOfReplies", "LotsOfGreetings", "BidiHello"].map(|rpc| {
        let path = format!("/pb.Greeter/{rpc}");
        let by_tonic = served(GreeterServer::new(AllShapes), &path).0.bytes_total;
        let by_mount = served(Mount::new(AllShapes), &path).0.bytes_total;
        (by_tonic + 2048).saturating_sub(by_mount) / (8192 - 512)
    });
    assert_eq!(saved, [2, 1, 1, 0]);
}
