//! The messages of the client while the chain runs: one message or a stream.

use std::fmt;
use std::task::{Context, Poll, ready};

use tonic::Status;

use super::hook_stack::HookStackRef;
use super::request_reader::RequestReader;
use super::request_stream::{RequestSide, RequestStream};
use super::unread_request::UnreadRequest;
use crate::{Call, Method, Rpc};

/// The message of a client that does not stream.
pub struct SingleRequest<Req>(Stage<Req>);

/// A pointer to `RequestReader::poll_message`. Only a mount creates it. So a service that is in tonic's own server only does
/// not compile a reader for each message type.
type PollReader<Req> = fn(&mut RequestReader<Req>, &mut Context<'_>) -> Poll<Result<Req, Status>>;

enum Stage<Req> {
    /// The body was not read yet.
    Unread(UnreadRequest<Req>, PollReader<Req>),
    Reading(RequestReader<Req>, PollReader<Req>),
    Ready(Req),
    /// The handler has the message.
    Consumed,
}

impl<Req> SingleRequest<Req> {
    /// Polls the body until the message is complete. It fails for a call whose deadline has passed.
    #[inline]
    pub(super) fn poll_message(&mut self, call: &Call, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        if let Stage::Unread(request, poll_reader) = self.0 {
            call.check_deadline()?;
            self.0 = Stage::Reading(RequestReader::new(request, call.take_body()), poll_reader);
        }
        if let Stage::Reading(reader, poll_reader) = &mut self.0 {
            self.0 = Stage::Ready(ready!(poll_reader(reader, cx))?);
        }
        Poll::Ready(Ok(()))
    }

    /// Returns the message, if it is complete and was not taken.
    #[inline]
    pub(super) fn message_mut(&mut self) -> Option<&mut Req> {
        match &mut self.0 {
            Stage::Ready(message) => Some(message),
            Stage::Unread(..) | Stage::Reading(..) | Stage::Consumed => None,
        }
    }

    /// Takes the message.
    ///
    /// # Panics
    ///
    /// Panics if the message is not complete, or was taken before.
    #[inline]
    pub(super) fn take(&mut self) -> Req {
        match std::mem::replace(&mut self.0, Stage::Consumed) {
            Stage::Ready(message) => message,
            Stage::Unread(..) | Stage::Reading(..) | Stage::Consumed => {
                unreachable!("the handler is called once")
            }
        }
    }
}

/// The side of a client that streams, in an exchange.
pub(super) type StreamedRequest<Req, Res> = RequestStream<Rpc<Req, Res>, RequestMessages<Req>>;

/// The messages of a client that streams, until the handler receives them.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation; with more features of tonic, no variant is that large"
)]
pub enum RequestMessages<Req> {
    /// The messages behind a mount, which decodes the body when the handler is called.
    Unread(UnreadRequest<Req>),
    /// The messages in tonic's own server, which has created the stream already.
    Streaming(tonic::Streaming<Req>),
}

impl<Req> RequestMessages<Req> {
    /// Returns the stream of the messages.
    pub(super) fn into_streaming(self, call: &Call) -> tonic::Streaming<Req> {
        match self {
            Self::Unread(request) => request.decode_call(call),
            Self::Streaming(stream) => stream,
        }
    }
}

/// The side of the client in an exchange, made from the messages of a request.
pub trait FromRequest<T> {
    /// True if the client streams.
    const STREAMS: bool;

    /// Makes it from the messages of the request. `call` has the metadata and the extensions.
    fn from_request(messages: T, call: &Call) -> Self;
}

// tonic's own server uses this impl.
impl<Req> FromRequest<Req> for SingleRequest<Req> {
    const STREAMS: bool = false;

    #[inline]
    fn from_request(message: Req, _call: &Call) -> Self {
        Self(Stage::Ready(message))
    }
}

// A mount uses this impl.
impl<Req: Send + 'static> FromRequest<UnreadRequest<Req>> for SingleRequest<Req> {
    const STREAMS: bool = false;

    #[inline]
    fn from_request(request: UnreadRequest<Req>, _call: &Call) -> Self {
        Self(Stage::Unread(request, RequestReader::poll_message))
    }
}

// tonic's own server uses this impl.
impl<M: Method> FromRequest<tonic::Streaming<M::Request>> for RequestStream<M, RequestMessages<M::Request>> {
    const STREAMS: bool = true;

    fn from_request(stream: tonic::Streaming<M::Request>, call: &Call) -> Self {
        Self::new(RequestMessages::Streaming(stream), call.upload())
    }
}

// A mount uses this impl.
impl<M: Method> FromRequest<UnreadRequest<M::Request>> for RequestStream<M, RequestMessages<M::Request>> {
    const STREAMS: bool = true;

    fn from_request(request: UnreadRequest<M::Request>, call: &Call) -> Self {
        Self::new(RequestMessages::Unread(request), call.upload())
    }
}

impl<M: Method> RequestSide<M> for SingleRequest<M::Request> {
    #[inline]
    fn on_response(&self, hooks: HookStackRef<'_, M>, message: &mut M::Response) -> Result<(), Status> {
        hooks.on_response(message)
    }

    #[inline]
    fn poll_rejection(&self, _cx: &mut Context<'_>) -> Poll<Status> {
        Poll::Pending
    }

    #[inline]
    fn rejection(&self) -> Option<Status> {
        None
    }
}

impl<Req> fmt::Debug for SingleRequest<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleRequest").finish_non_exhaustive()
    }
}
