use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tonic::body::Body;
use tonic::{Request, Status, Streaming};
use tower_service::Service;

use super::arrival::{Mounted, watched};
use super::deadline::{Deadline, limited, within};
use super::{CodecFor, Settings, trailers};
use crate::chain::BoxReply;
use crate::{MethodInfo, Shape};

/// The answer to a request over HTTP/2.
pub type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A request, as tonic's servers take it.
pub type HttpRequest = http::Request<Body>;

/// A service that can be mounted. `#[interceptor]` on the impl of tonic's trait implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be mounted",
    label = "this is no annotated service, or none of that name",
    note = "put `#[interceptor]` above the impl of the service's trait, and mount the service itself, not its generated server; a service is named as in `Mount::<_, GreeterServer<_>>::new(service)`, and one with `#[rpc(service = \"...\")]` is served by tonic's own server alone"
)]
pub trait Serve<N, C>: Send + Sync + Sized + 'static {
    /// The service's name, with its package.
    const NAME: &'static str;

    /// The rpcs as they are guessed from the methods, and the names of those.
    const METHODS: &'static [(&'static MethodInfo, &'static str)];

    /// tonic's generated server.
    type Tonic: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future = Answer>;

    /// A server with these settings.
    fn tonic(service: &Arc<Self>, settings: &Settings) -> Self::Tonic;

    /// What it is mounted as: a `Mount<Self, N, C>`.
    type Mount;

    /// The same mount.
    fn mount(mount: super::Mount<Self, N, C>) -> Self::Mount;

    /// Answers a request.
    fn serve(service: &Arc<Self>, settings: &Settings, request: HttpRequest) -> Answer;
}

/// Calls a method that takes one message and answers with one.
pub fn unary<N, C, S, Req, Res>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    method: impl MountedMethod<S, Req, Res>,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
{
    let (mut grpc, service) = (settings.grpc(C::codec(Shape::Unary)), Arc::clone(service));
    let deadline = Deadline::of(request.headers());
    Box::pin(async move {
        let method = Once::new(|request| {
            within(deadline.limit, method(&service, request, Mounted::new(deadline, None)))
        });
        let mut response = grpc.client_streaming(method, request).await;
        trailers::append(&mut response);
        Ok(response)
    })
}

/// Calls a method that takes one message and answers with a stream.
pub fn server_streaming<N, C, S, Req, Res, Reply>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    method: impl MountedMethod<S, Req, Reply>,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
    Reply: Stream<Item = Result<Res, Status>> + Send + Unpin + 'static,
{
    let (mut grpc, service) = (settings.grpc(C::codec(Shape::ServerStreaming)), Arc::clone(service));
    let deadline = Deadline::of(request.headers());
    Box::pin(async move {
        let method = Once::new(|request| {
            limited(deadline.limit, method(&service, request, Mounted::new(deadline, None)))
        });
        Ok(grpc.streaming(method, request).await)
    })
}

/// Calls a method that takes a stream and answers with one message.
pub fn client_streaming<N, C, S, Req, Res>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    method: impl MountedMethod<S, Req, Res>,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
{
    let (mut grpc, service) = (settings.grpc(C::codec(Shape::ClientStreaming)), Arc::clone(service));
    let deadline = Deadline::of(request.headers());
    Box::pin(async move {
        let (request, upload) = watched(request);
        let method = Once::new(|request| {
            within(deadline.limit, method(&service, request, Mounted::new(deadline, Some(upload))))
        });
        let mut response = grpc.client_streaming(method, request).await;
        trailers::append(&mut response);
        Ok(response)
    })
}

/// Calls a method that takes a stream and answers with another one.
pub fn bidirectional<N, C, S, Req, Res, Reply>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    method: impl MountedMethod<S, Req, Reply>,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
    Reply: Stream<Item = Result<Res, Status>> + Send + Unpin + 'static,
{
    let (mut grpc, service) = (settings.grpc(C::codec(Shape::Bidirectional)), Arc::clone(service));
    let deadline = Deadline::of(request.headers());
    Box::pin(async move {
        let (request, upload) = watched(request);
        let method = Once::new(|request| {
            limited(deadline.limit, method(&service, request, Mounted::new(deadline, Some(upload))))
        });
        Ok(grpc.streaming(method, request).await)
    })
}

/// A method of the impl, as a mount calls it: its messages will arrive.
pub trait MountedMethod<S, Req, Reply>:
    for<'a> FnOnce(&'a Arc<S>, Request<Streaming<Req>>, Mounted) -> BoxReply<'a, Reply> + Send + 'static
{
}

impl<F, S, Req, Reply> MountedMethod<S, Req, Reply> for F where
    F: for<'a> FnOnce(&'a Arc<S>, Request<Streaming<Req>>, Mounted) -> BoxReply<'a, Reply> + Send + 'static
{
}

/// Leaves a request that is none of the known ones to tonic's own server.
pub fn other<N, C, S: Serve<N, C>>(service: &Arc<S>, settings: &Settings, request: HttpRequest) -> Answer {
    S::tonic(service, settings).call(request)
}

/// A function, called once as a tower service. Its future is its own: nothing is boxed.
struct Once<F, M>(Option<F>, PhantomData<fn(M)>);

impl<F, M> Once<F, M> {
    fn new(function: F) -> Self
    where
        Self: Service<M>,
    {
        Self(Some(function), PhantomData)
    }
}

impl<F, M, Fut, T> Service<M> for Once<F, M>
where
    F: FnOnce(M) -> Fut,
    Fut: Future<Output = Result<T, Status>>,
{
    type Response = T;
    type Error = Status;
    type Future = Fut;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, message: M) -> Fut {
        let function = self.0.take().expect("tonic calls a service once");
        function(message)
    }
}
