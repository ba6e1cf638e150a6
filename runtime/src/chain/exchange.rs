use std::fmt;
use std::marker::PhantomData;

use tonic::Request;

use super::request::{FromRequest, SingleRequest, StreamedRequest};
use super::response::{ResponseSink, SingleResponse};
use super::response_stream::ResponseSender;
use super::unread_request::UnreadRequest;
use crate::call::MountedParts;
use crate::{Call, Method, MethodInfo, Rpc, Shape};

/// The messages of a call, kept in one place while the chain runs: handed on from level to level
/// they would be copied at each of them.
///
/// `I` is what the client sends, a `SingleRequest` or an `RequestStream` stream; `O` is where the reply
/// goes, a `SingleResponse` or an `ResponseSender`.
pub struct Exchange<M: Method, I, O> {
    pub(super) request: I,
    pub(super) response: O,
    messages: PhantomData<M>,
}

/// One message, one reply.
pub type Unary<Req, Res> = Exchange<Rpc<Req, Res>, SingleRequest<Req>, SingleResponse<Res>>;
/// Many messages, one reply.
pub type ClientStreaming<Req, Res> = Exchange<Rpc<Req, Res>, StreamedRequest<Req, Res>, SingleResponse<Res>>;
/// One message, many replies.
pub type ServerStreaming<Req, Res> = Exchange<Rpc<Req, Res>, SingleRequest<Req>, ResponseSender<Res>>;
/// Many messages, many replies.
pub type Bidirectional<Req, Res> = Exchange<Rpc<Req, Res>, StreamedRequest<Req, Res>, ResponseSender<Res>>;

impl<M: Method, I, O: ResponseSink> Exchange<M, I, O> {
    /// Takes a request apart: what interceptors see, and what is exchanged.
    // Always inlined: otherwise the request of a mount is copied once more.
    #[inline(always)]
    pub fn new<T>(
        method: &'static MethodInfo,
        request: Request<T>,
        mounted: Option<MountedParts>,
    ) -> (Call, Self)
    where
        I: FromRequest<T>,
    {
        let (metadata, extensions, received) = request.into_parts();
        let call = Call::received(method, Request::from_parts(metadata, extensions, ()), mounted);
        let request = I::from_request(received, &call);
        (call, Self { request, response: O::empty(), messages: PhantomData })
    }

    /// The shape of the rpc, behind a mount.
    pub(crate) const fn shape() -> Shape
    where
        I: FromRequest<UnreadRequest<M::Request>>,
    {
        match (I::STREAMS, O::STREAMS) {
            (false, false) => Shape::Unary,
            (true, false) => Shape::ClientStreaming,
            (false, true) => Shape::ServerStreaming,
            (true, true) => Shape::Bidirectional,
        }
    }
}

impl<M: Method, I, O> fmt::Debug for Exchange<M, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").finish_non_exhaustive()
    }
}
