//! Calls the methods of a service that is mounted.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;

use futures_core::Stream;
use tonic::codec::Codec;
use tonic::{Status, Streaming};
use tower_service::Service;

use super::body::{ResponseWriter, SplitRequest, split_request};
use super::codec::CodecFor;
use super::deadline::MountDeadline;
use super::serve::{HttpRequest, HttpResponseFuture, Serve};
use super::settings::MountSettings;
use crate::call::{MountedParts, Upload, limited, within};
use crate::chain::{
    BoxResponseFuture, CallFuture, Exchange, FromRequest, RequestSide, ResponseSender, ResponseSink,
    SingleResponse, UnreadRequest,
};
use crate::{Call, Method, MethodInfo};

/// Calls a method that answers with one message. What its request was taken apart into is lent to the chain.
pub fn respond_once<N, C, S, M, I>(
    service: &Arc<S>,
    settings: &MountSettings,
    method: &'static MethodInfo,
    request: HttpRequest,
    chain: impl for<'a> FnOnce(
        &'a Arc<S>,
        &'a Call,
        &'a mut Exchange<M, I, SingleResponse<M::Response>>,
    ) -> BoxChain<'a>
    + Send
    + 'static,
) -> HttpResponseFuture
where
    C: CodecFor<M::Request, M::Response>,
    S: Serve<N, C>,
    M: Method,
    I: FromRequest<UnreadRequest<M::Request>> + RequestSide<M> + Send + 'static,
{
    let service = Arc::clone(service);
    match start_call::<C, M, _, _>(settings, method, request) {
        Ok(StartedCall { mut received, writer, limit }) => Box::pin(async move {
            let (call, exchange) = &mut received;
            let ended = {
                let rest = pin!(Some(chain(&service, call, exchange)));
                within(limit, CallFuture::new(call, rest)).await
            };
            Ok(writer.respond_once(exchange.end(call, ended)))
        }),
        Err(status) => refused(status),
    }
}

/// Calls a method that answers with a stream, which keeps what its request was taken apart into.
pub fn respond_with_stream<N, C, S, M, I, Items>(
    service: &Arc<S>,
    settings: &MountSettings,
    method: &'static MethodInfo,
    request: HttpRequest,
    call: impl FnOnce(&Arc<S>, Received<M, I, ResponseSender<M::Response>>) -> BoxResponseFuture<'static, Items>
    + Send
    + 'static,
) -> HttpResponseFuture
where
    C: CodecFor<M::Request, M::Response>,
    S: Serve<N, C>,
    M: Method,
    I: FromRequest<UnreadRequest<M::Request>> + Send + 'static,
    Items: Stream<Item = Result<M::Response, Status>> + Send + Unpin + 'static,
{
    let service = Arc::clone(service);
    match start_call::<C, M, _, _>(settings, method, request) {
        Ok(StartedCall { received, writer, limit }) => Box::pin(async move {
            let reply = limited(limit, call(&service, received)).await;
            Ok(writer.respond_with_stream(reply))
        }),
        Err(status) => refused(status),
    }
}

/// The chain of a call.
type BoxChain<'a> = Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;

/// What a request is taken apart into.
type Received<M, I, O> = (Call, Exchange<M, I, O>);

/// A call that has begun: the request taken apart, what writes the reply, and when the call ends at the latest.
struct StartedCall<M: Method, I, O, C: CodecFor<M::Request, M::Response>> {
    received: Received<M, I, O>,
    writer: ResponseWriter<C::Codec>,
    limit: Option<Instant>,
}

#[inline(always)]
fn start_call<C, M, I, O>(
    settings: &MountSettings,
    method: &'static MethodInfo,
    request: HttpRequest,
) -> Result<StartedCall<M, I, O, C>, Status>
where
    C: CodecFor<M::Request, M::Response>,
    M: Method,
    I: FromRequest<UnreadRequest<M::Request>>,
    O: ResponseSink,
{
    let shape = Exchange::<M, I, O>::shape();
    let deadline = MountDeadline::of(request.headers());
    // When the body is asked for, which may be never.
    let decode = |body, compression, limit| {
        let decoder = C::codec(Exchange::<M, I, O>::shape()).decoder();
        Streaming::new_request(decoder, body, compression, limit)
    };
    let SplitRequest { request, writer, intake } =
        split_request(C::codec(shape), decode, shape, settings, request)?;
    let upload = shape.is_client_streaming().then(Upload::default);
    let mounted = MountedParts { client_deadline: deadline.client, upload, intake };
    Ok(StartedCall { received: Exchange::new(method, request, Some(mounted)), writer, limit: deadline.limit })
}

fn refused(status: Status) -> HttpResponseFuture {
    Box::pin(std::future::ready(Ok(status.into_http())))
}

/// Leaves a request that is none of the known ones to tonic's own server.
pub fn forward_to_tonic<N, C, S: Serve<N, C>>(
    service: &Arc<S>,
    settings: &MountSettings,
    request: HttpRequest,
) -> HttpResponseFuture {
    S::tonic(service, settings).call(request)
}
