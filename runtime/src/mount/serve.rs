use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;

use futures_core::Stream;
use tonic::body::Body;
use tonic::codec::Codec;
use tonic::{Status, Streaming};
use tower_service::Service;

use super::arrival::{Mounted, Unopened, Upload};
use super::body::{Split, Writer, split};
use super::deadline::{Deadline, limited, within};
use super::{CodecFor, Settings};
use crate::chain::{BoxReply, Exchange, Outbound, Outlet, Receiving, Reply, TakenFrom, Whole};
use crate::{Call, Method, MethodInfo};

/// The answer to a request over HTTP/2.
pub type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// A request, as tonic's servers take it.
pub type HttpRequest = http::Request<Body>;

/// A service that can be mounted. `#[interceptor]` on the impl of tonic's trait implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be mounted",
    label = "not annotated with `#[interceptor]`, or not for this generated server",
    note = "put `#[interceptor]` above the impl of the service's trait, and mount the service itself, not its generated server; one in an `Arc` is mounted by `Mount::from_arc`; a service is named as in `Mount::<_, GreeterServer<_>>::new(service)`, and one with `#[rpc(service = \"...\")]` is served by tonic's own server alone"
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

/// Calls a method that answers with one message. What its request was taken apart into is lent to the chain.
pub fn single<N, C, S, M, I>(
    service: &Arc<S>,
    settings: &Settings,
    method: &'static MethodInfo,
    request: HttpRequest,
    chain: impl for<'a> FnOnce(&'a Arc<S>, &'a Call, &'a mut Exchange<M, I, Reply<M::Response>>) -> BoxChain<'a>
    + Send
    + 'static,
) -> Answer
where
    C: CodecFor<M::Request, M::Response>,
    S: Serve<N, C>,
    M: Method,
    I: TakenFrom<Unopened<M::Request>> + Receiving<M> + Send + 'static,
{
    let service = Arc::clone(service);
    match begin::<C, M, _, _>(settings, method, request) {
        Ok(Begun { mut received, writer, limit }) => Box::pin(async move {
            let (call, exchange) = &mut received;
            let ended = {
                let rest = pin!(Some(chain(&service, call, exchange)));
                within(limit, Whole::new(call, rest)).await
            };
            Ok(writer.single(exchange.end(call, ended)))
        }),
        Err(status) => refused(status),
    }
}

/// Calls a method that answers with a stream, which keeps what its request was taken apart into.
pub fn stream<N, C, S, M, I, Items>(
    service: &Arc<S>,
    settings: &Settings,
    method: &'static MethodInfo,
    request: HttpRequest,
    call: impl FnOnce(&Arc<S>, Received<M, I, Outlet<M::Response>>) -> BoxReply<'static, Items> + Send + 'static,
) -> Answer
where
    C: CodecFor<M::Request, M::Response>,
    S: Serve<N, C>,
    M: Method,
    I: TakenFrom<Unopened<M::Request>> + Send + 'static,
    Items: Stream<Item = Result<M::Response, Status>> + Send + Unpin + 'static,
{
    let service = Arc::clone(service);
    match begin::<C, M, _, _>(settings, method, request) {
        Ok(Begun { received, writer, limit }) => Box::pin(async move {
            let reply = limited(limit, call(&service, received)).await;
            Ok(writer.stream(reply))
        }),
        Err(status) => refused(status),
    }
}

/// The chain of a call.
type BoxChain<'a> = Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;

/// What a request is taken apart into.
type Received<M, I, O> = (Call, Exchange<M, I, O>);

/// A call that has begun: the request taken apart, what writes the reply, and when the call ends at the latest.
struct Begun<M: Method, I, O, C: CodecFor<M::Request, M::Response>> {
    received: Received<M, I, O>,
    writer: Writer<C::Codec>,
    limit: Option<Instant>,
}

#[inline(always)]
fn begin<C, M, I, O>(
    settings: &Settings,
    method: &'static MethodInfo,
    request: HttpRequest,
) -> Result<Begun<M, I, O, C>, Status>
where
    C: CodecFor<M::Request, M::Response>,
    M: Method,
    I: TakenFrom<Unopened<M::Request>>,
    O: Outbound,
{
    let shape = Exchange::<M, I, O>::shape();
    let deadline = Deadline::of(request.headers());
    // When the body is asked for, which may be never.
    let decode = |body, compression, limit| {
        let decoder = C::codec(Exchange::<M, I, O>::shape()).decoder();
        Streaming::new_request(decoder, body, compression, limit)
    };
    let Split { request, writer, intake } = split(C::codec(shape), decode, shape, settings, request)?;
    let upload = shape.is_client_streaming().then(Upload::default);
    let mounted = Mounted { client_deadline: deadline.client, upload, intake };
    Ok(Begun { received: Exchange::new(method, request, Some(mounted)), writer, limit: deadline.limit })
}

fn refused(status: Status) -> Answer {
    Box::pin(std::future::ready(Ok(status.into_http())))
}

/// Leaves a request that is none of the known ones to tonic's own server.
pub fn other<N, C, S: Serve<N, C>>(service: &Arc<S>, settings: &Settings, request: HttpRequest) -> Answer {
    S::tonic(service, settings).call(request)
}
