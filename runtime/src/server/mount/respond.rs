//! Calls the methods of a mounted service.

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
use crate::call::{MountedParts, Upload, timeout_at, timeout_stream_at};
use crate::chain::{
    BoxResponseFuture, CallFuture, Decoders, Exchange, FromRequest, RequestSide, ResponseSender,
    ResponseSink, SingleResponse, UnreadRequest,
};
use crate::{Call, Method, MethodInfo};

/// Calls a method with a single response. The chain borrows the call and the exchange, which stay in this future.
pub fn respond_once<N, C, S, M, I>(
    service: &Arc<S>,
    settings: &MountSettings,
    method: &'static MethodInfo,
    request: HttpRequest,
    chain: impl for<'a> FnOnce(
        &'a Arc<S>,
        &'a Call,
        &'a mut Exchange<M, I, SingleResponse<M::Response>>,
    ) -> ChainFuture<'a>
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
        Ok(StartedCall { mut received, writer, deadline }) => Box::pin(async move {
            let (call, exchange) = &mut received;
            let result = {
                let rest = pin!(Some(chain(&service, call, exchange)));
                timeout_at(deadline, CallFuture::new(call, rest)).await
            };
            Ok(writer.respond_once(exchange.end(call, result), C::encode_message))
        }),
        Err(status) => refused(status),
    }
}

/// Calls a method with a stream of responses. The stream owns the call and the exchange.
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
        Ok(StartedCall { received, writer, deadline }) => Box::pin(async move {
            let response = timeout_stream_at(deadline, call(&service, received)).await;
            Ok(writer.respond_with_stream(response))
        }),
        Err(status) => refused(status),
    }
}

/// The future of a chain, which borrows its call.
type ChainFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;

/// The two parts of a received request: the call, and the messages that it exchanges.
type Received<M, I, O> = (Call, Exchange<M, I, O>);

/// A call whose headers have arrived, the writer of its response, and the time at which the mount ends the call.
struct StartedCall<M: Method, I, O, C: CodecFor<M::Request, M::Response>> {
    received: Received<M, I, O>,
    writer: ResponseWriter<C::Codec>,
    deadline: Option<Instant>,
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
    // The chain calls these when it asks for the message. A rejected call never needs a decoder.
    let body = |body, compression, max_message_size| {
        let decoder = C::codec(Exchange::<M, I, O>::shape()).decoder();
        Streaming::new_request(decoder, body, compression, max_message_size)
    };
    let decoders = Decoders { body, message: C::decode_message };
    let SplitRequest { request, writer, unread_body } =
        split_request(C::codec(shape), decoders, shape, settings, request)?;
    let upload = shape.is_client_streaming().then(Upload::default);
    let mounted = MountedParts { client_deadline: deadline.client, upload, body: unread_body };
    let received = Exchange::new(method, request, Some(mounted));
    Ok(StartedCall { received, writer, deadline: deadline.mount })
}

fn refused(status: Status) -> HttpResponseFuture {
    Box::pin(std::future::ready(Ok(status.into_http())))
}

/// Hands a request for an unknown path to tonic's generated server.
pub fn forward_to_tonic<N, C, S: Serve<N, C>>(
    service: &Arc<S>,
    settings: &MountSettings,
    request: HttpRequest,
) -> HttpResponseFuture {
    S::tonic(service, settings).call(request)
}
