use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use super::arrival::{Mounted, watched};
use super::body::open;
use super::deadline::{Deadline, limited, within};
use super::{CodecFor, Settings};
use crate::chain::{Bidirectional, BoxReply, ClientStreaming, Exchange, ServerStreaming, Unary};
use crate::{Call, MethodInfo, Shape};

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
    info: &'static MethodInfo,
    chain: impl for<'a> FnOnce(&'a Arc<S>, &'a mut (Call, Unary<Req, Res>)) -> BoxReply<'a, Res> + Send + 'static,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
{
    let (service, deadline) = (Arc::clone(service), Deadline::of(request.headers()));
    match open(C::codec(Shape::Unary), settings, request) {
        Ok((request, writer)) => {
            let mut received = Exchange::new(info, request, Some(Mounted::new(deadline, None)));
            Box::pin(async move {
                let reply = within(deadline.limit, chain(&service, &mut received)).await;
                Ok(writer.single(reply))
            })
        }
        Err(status) => refused(status),
    }
}

/// Calls a method that takes one message and answers with a stream.
pub fn server_streaming<N, C, S, Req, Res, Reply>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    info: &'static MethodInfo,
    call: impl FnOnce(&Arc<S>, (Call, ServerStreaming<Req, Res>)) -> BoxReply<'static, Reply> + Send + 'static,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
    Reply: Stream<Item = Result<Res, Status>> + Send + Unpin + 'static,
{
    let (service, deadline) = (Arc::clone(service), Deadline::of(request.headers()));
    match open(C::codec(Shape::ServerStreaming), settings, request) {
        Ok((request, writer)) => {
            let received = Exchange::new(info, request, Some(Mounted::new(deadline, None)));
            Box::pin(async move {
                let reply = limited(deadline.limit, call(&service, received)).await;
                Ok(writer.stream(reply))
            })
        }
        Err(status) => refused(status),
    }
}

/// Calls a method that takes a stream and answers with one message.
pub fn client_streaming<N, C, S, Req, Res>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    info: &'static MethodInfo,
    chain: impl for<'a> FnOnce(&'a Arc<S>, &'a mut (Call, ClientStreaming<Req, Res>)) -> BoxReply<'a, Res>
    + Send
    + 'static,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
{
    let (service, deadline) = (Arc::clone(service), Deadline::of(request.headers()));
    let (request, upload) = watched(request);
    match open(C::codec(Shape::ClientStreaming), settings, request) {
        Ok((request, writer)) => {
            let mut received = Exchange::new(info, request, Some(Mounted::new(deadline, Some(upload))));
            Box::pin(async move {
                let reply = within(deadline.limit, chain(&service, &mut received)).await;
                Ok(writer.single(reply))
            })
        }
        Err(status) => refused(status),
    }
}

/// Calls a method that takes a stream and answers with another one.
pub fn bidirectional<N, C, S, Req, Res, Reply>(
    service: &Arc<S>,
    settings: &Settings,
    request: HttpRequest,
    info: &'static MethodInfo,
    call: impl FnOnce(&Arc<S>, (Call, Bidirectional<Req, Res>)) -> BoxReply<'static, Reply> + Send + 'static,
) -> Answer
where
    C: CodecFor<Req, Res>,
    S: Serve<N, C>,
    Req: Send + 'static,
    Res: Send + 'static,
    Reply: Stream<Item = Result<Res, Status>> + Send + Unpin + 'static,
{
    let (service, deadline) = (Arc::clone(service), Deadline::of(request.headers()));
    let (request, upload) = watched(request);
    match open(C::codec(Shape::Bidirectional), settings, request) {
        Ok((request, writer)) => {
            let received = Exchange::new(info, request, Some(Mounted::new(deadline, Some(upload))));
            Box::pin(async move {
                let reply = limited(deadline.limit, call(&service, received)).await;
                Ok(writer.stream(reply))
            })
        }
        Err(status) => refused(status),
    }
}

fn refused(status: Status) -> Answer {
    Box::pin(std::future::ready(Ok(status.into_http())))
}

/// Leaves a request that is none of the known ones to tonic's own server.
pub fn other<N, C, S: Serve<N, C>>(service: &Arc<S>, settings: &Settings, request: HttpRequest) -> Answer {
    S::tonic(service, settings).call(request)
}
