use std::fmt;
use std::marker::PhantomData;

use tonic::Request;

use super::request::{FromRequest, SingleRequest, StreamedRequest};
use super::response::{ResponseSink, SingleResponse};
use super::response_sender::ResponseSender;
use super::unread_request::UnreadRequest;
use crate::call::MountedParts;
use crate::{Call, Method, MethodInfo, Rpc, Shape};

/// The messages of a call while its chain runs.
///
/// They stay in one place, to which the levels of the chain refer. A message that is passed from level to level would be
/// copied at each of them.
///
/// `I` is the side of the client, a `SingleRequest` or a `RequestStream`. `O` is the side of the service, a
/// `SingleResponse` or a `ResponseSender`.
pub struct Exchange<M: Method, I, O> {
    pub(super) request: I,
    pub(super) response: O,
    messages: PhantomData<M>,
}

/// The exchange of an rpc with one message from each side.
pub type Unary<Req, Res> = Exchange<Rpc<Req, Res>, SingleRequest<Req>, SingleResponse<Res>>;
/// The exchange of an rpc whose client streams.
pub type ClientStreaming<Req, Res> = Exchange<Rpc<Req, Res>, StreamedRequest<Req, Res>, SingleResponse<Res>>;
/// The exchange of an rpc whose service streams.
pub type ServerStreaming<Req, Res> = Exchange<Rpc<Req, Res>, SingleRequest<Req>, ResponseSender<Res>>;
/// The exchange of an rpc whose client and service stream.
pub type Bidirectional<Req, Res> = Exchange<Rpc<Req, Res>, StreamedRequest<Req, Res>, ResponseSender<Res>>;

impl<M: Method, I, O: ResponseSink> Exchange<M, I, O> {
    /// Splits a request into the call, which interceptors see, and the exchange.
    // It is always inlined. Otherwise the request of a mount would be copied once more.
    #[inline(always)]
    pub fn new<T>(
        method: &'static MethodInfo,
        request: Request<T>,
        mounted: Option<MountedParts>,
    ) -> (Call, Self)
    where
        I: FromRequest<T>,
    {
        let (metadata, extensions, messages) = request.into_parts();
        let call = Call::from_parts(method, Request::from_parts(metadata, extensions, ()), mounted);
        let request = I::from_request(messages, &call);
        (call, Self { request, response: O::empty(), messages: PhantomData })
    }

    /// Returns the shape of the rpc. Only a mount needs it.
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
