//! A start that waits until the test lets it go on, and a service that answers with the size of what it got.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::join_all;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tower_layer::Layer;
use vestibule::{Call, Code, Interceptor, Mount, Status, Streaming, interceptor, layer};

use crate::support::{hello, serve_by, surely};

pub(crate) const KIB: usize = 1 << 10;
pub(crate) const MIB: usize = 1 << 20;

/// An interceptor whose `start` waits in calls with the key `x-waits`, until the test lets it continue.
#[derive(Clone)]
pub(crate) struct Gate {
    /// Has a permit for each `start` that waits.
    pub(crate) waiting: Arc<Semaphore>,
    /// Has a permit for each `start` that may continue.
    pub(crate) open: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { waiting: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }
}

pub(crate) const WAITS: &str = "x-waits";

impl Interceptor for Gate {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        if call.metadata().contains_key(WAITS) {
            self.waiting.add_permits(1);
            self.open.acquire().await.expect("it is never closed").forget();
        }
        Ok(((), ()))
    }
}

impl Gate {
    /// Returns when that many starts wait.
    pub(crate) async fn has(&self, calls: u32) {
        surely(self.waiting.acquire_many(calls)).await.expect("it is never closed").forget();
    }
}

/// Lets a number of calls in at a time, in whose `start` the others wait.
#[derive(Clone)]
pub(crate) struct Limit(Arc<Semaphore>);

impl Limit {
    pub(crate) fn new(calls: usize) -> Self {
        Self(Arc::new(Semaphore::new(calls)))
    }

    /// Returns a limit that rejects each call at once.
    pub(crate) fn closed() -> Self {
        let limit = Self::new(0);
        limit.0.close();
        limit
    }
}

impl Interceptor for Limit {
    type Provides = OwnedSemaphorePermit;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(OwnedSemaphorePermit, ()), Status> {
        let permit = Arc::clone(&self.0).acquire_owned().await;
        permit.map(|permit| (permit, ())).map_err(|_| Status::unavailable("no call is let in"))
    }
}

/// Responds with the size of the request.
#[derive(Clone)]
pub(crate) struct Sizes {
    pub(crate) limit: Limit,
    pub(crate) gate: Gate,
}

impl Sizes {
    pub(crate) fn with_limit(calls: usize) -> Self {
        Self { limit: Limit::new(calls), gate: Gate::default() }
    }

    /// Returns a service that lets each call in at once. It stands behind a layer.
    pub(crate) fn open() -> Self {
        let service = Self::with_limit(1000);
        service.gate.open.add_permits(1000);
        service
    }
}

pub(crate) fn size(len: usize) -> HelloResponse {
    HelloResponse { reply: len.to_string() }
}

#[interceptor(&self.limit, &self.gate)]
impl Greeter for Sizes {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        tokio::task::yield_now().await;
        Ok(size(request.name.len()))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(size(request.name.len()))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut len = 0;
        while let Some(request) = requests.message().await? {
            len += request.name.len();
        }
        if let Some(last) = requests.trailers().await? {
            len += last.len();
        }
        Ok(size(len))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(size(request?.name.len()))))
    }
}

/// Says where the chain runs. Behind the generated server, tonic has read the message before any `start`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum At {
    Mount,
    Layer,
}

pub(crate) const MOUNT_AND_LAYER: [At; 2] = [At::Mount, At::Layer];

pub(crate) async fn serve(at: At, server: Server, service: Sizes) -> SocketAddr {
    const GZIP: CompressionEncoding = CompressionEncoding::Gzip;
    if at == At::Mount {
        return serve_by(server, Mount::new(service).accept_compressed(GZIP)).await;
    }
    let chain = layer((service.limit, service.gate));
    serve_by(server, chain.layer(GreeterServer::new(Sizes::open()).accept_compressed(GZIP))).await
}

/// Returns servers with each of tonic's windows: 1 MiB for a connection, or 64 KiB that grow with what is read.
pub(crate) fn servers() -> impl Iterator<Item = (At, Server)> {
    MOUNT_AND_LAYER.into_iter().flat_map(|at| {
        [false, true].map(|adaptive| (at, Server::builder().http2_adaptive_window(Some(adaptive))))
    })
}

pub(crate) fn waiting<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(WAITS, "yes".parse().unwrap());
    request
}

pub(crate) fn name(len: usize) -> HelloRequest {
    hello(&"x".repeat(len))
}

/// Returns a stream of that many bytes, 64 KiB at a time.
pub(crate) fn names(len: usize) -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(std::iter::repeat_n(name(64 * KIB), len / (64 * KIB)))
}

/// Makes calls at once, and returns the sizes that the service responds with.
pub(crate) async fn sizes<F>(calls: impl Iterator<Item = F>) -> Vec<Result<String, Code>>
where
    F: Future<Output = Result<tonic::Response<HelloResponse>, Status>>,
{
    let responses = join_all(calls).await.into_iter();
    responses
        .map(|reply| reply.map(|reply| reply.into_inner().reply).map_err(|status| status.code()))
        .collect()
}
