//! The chain allocates nothing: neither for an interceptor, nor for what it borrows from the call.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::{Request, Response};
use vestibule::extract::CallDeadline;
use vestibule::metadata::Bearer;
use vestibule::{Call, Hooks, Interceptor, Method, Mount, Rest, Status, interceptor};

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

struct Annotated;

#[interceptor]
impl Probe for Annotated {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[interceptor(
        around(), Counting, around(), Counting, around(), around(), Counting,
        limit = authenticate("secret"), other = authenticate("secret"), around(),
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

/// The allocations of one call, from the decoded request to the reply.
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
    assert_eq!(allocations(|request| Annotated.echo(request)), bare);
    assert_eq!(allocations(|request| Annotated.get_url(request)), bare);
}

/// The allocations of one call, from the request over HTTP/2 to the end of the reply.
fn served<S>(mut server: S) -> u64
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
{
    let mut call = || {
        let body = Body::new(Full::new(Bytes::from_static(b"\0\0\0\0\x06\x0a\x04ping")));
        let request = http::Request::post("/probe.Probe/Echo")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            // As hyper's and tonic's servers leave something in it.
            .extension(())
            .body(body)
            .expect("a request");
        let info = allocation_counter::measure(|| {
            let mut cx = Context::from_waker(Waker::noop());
            let Poll::Ready(Ok(response)) = pin!(server.call(request)).poll(&mut cx) else {
                panic!("nothing has to be waited for")
            };
            let Poll::Ready(Ok(reply)) = pin!(response.into_body().collect()).poll(&mut cx) else {
                panic!("nor for the reply")
            };
            assert_eq!(reply.trailers().expect("it ends")["grpc-status"], "0");
        });
        info.count_total
    };
    // The first one sets up what threads and libraries keep.
    call();
    call()
}

#[test]
fn a_chain_allocates_no_more_than_the_generated_server_and_a_mount_less() {
    let bare = served(ProbeServer::new(Bare));
    let annotated = served(ProbeServer::new(Annotated));
    let mounted = served(Mount::new(Annotated));
    assert_eq!((annotated, mounted), (bare, bare - 1));
}
