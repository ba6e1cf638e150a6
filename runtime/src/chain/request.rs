//! What the client sends, while the chain runs: one message or a stream of them.

use std::fmt;
use std::task::{Context, Poll, ready};

use tonic::Status;

use super::hook_stack::HookStackRef;
use super::request_stream::{RequestSide, RequestStream};
use super::unread_request::{RequestReader, UnreadRequest};
use crate::{Call, Method, Rpc};

/// The one message of a client.
pub struct SingleRequest<Req>(Stage<Req>);

#[expect(clippy::large_enum_variant, reason = "a box would be an allocation in each call behind a mount")]
enum Stage<Req> {
    /// Nobody has asked for it.
    UnreadRequest(UnreadRequest<Req>),
    RequestReader(RequestReader<Req>),
    Ready(Req),
    Taken,
}

impl<Req> SingleRequest<Req> {
    /// Polls until the message is there.
    #[inline]
    pub(super) fn poll_message(&mut self, call: &Call, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        if let Stage::UnreadRequest(messages) = &self.0 {
            call.check_deadline()?;
            self.0 = Stage::RequestReader(RequestReader::new(messages.send_headers(call)));
        }
        if let Stage::RequestReader(arriving) = &mut self.0 {
            self.0 = Stage::Ready(ready!(arriving.poll_message(cx))?);
        }
        Poll::Ready(Ok(()))
    }

    /// Returns the message in its place, while it is there.
    #[inline]
    pub(super) fn message_mut(&mut self) -> Option<&mut Req> {
        match &mut self.0 {
            Stage::Ready(message) => Some(message),
            Stage::UnreadRequest(_) | Stage::RequestReader(_) | Stage::Taken => None,
        }
    }

    /// Takes the message.
    ///
    /// # Panics
    ///
    /// If it is not there, or the second time.
    #[inline]
    pub(super) fn take(&mut self) -> Req {
        match std::mem::replace(&mut self.0, Stage::Taken) {
            Stage::Ready(message) => message,
            Stage::UnreadRequest(_) | Stage::RequestReader(_) | Stage::Taken => {
                unreachable!("the handler is called once")
            }
        }
    }
}

/// The messages of a client that streams.
pub(super) type StreamedRequest<Req, Res> = RequestStream<Rpc<Req, Res>, RequestMessages<Req>>;

/// The messages of a client that streams, until the handler has them.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation; with more features of tonic, no variant is that large"
)]
pub enum RequestMessages<Req> {
    /// Behind a mount.
    UnreadRequest(UnreadRequest<Req>),
    /// In tonic's own server.
    Open(tonic::Streaming<Req>),
}

impl<Req> RequestMessages<Req> {
    /// Returns the stream, and begins to read it where nobody has.
    pub(super) fn send_headers(self, call: &Call) -> tonic::Streaming<Req> {
        match self {
            Self::UnreadRequest(messages) => messages.send_headers(call),
            Self::Open(stream) => stream,
        }
    }
}

/// What a request brings, on its way through a chain.
pub trait FromRequest<T> {
    /// Whether it is a stream.
    const STREAMS: bool;

    /// What is left of the request without its metadata and extensions, which `call` has.
    fn from_request(received: T, call: &Call) -> Self;
}

// In tonic's own server.
impl<Req> FromRequest<Req> for SingleRequest<Req> {
    const STREAMS: bool = false;

    #[inline]
    fn from_request(message: Req, _call: &Call) -> Self {
        Self(Stage::Ready(message))
    }
}

// Behind a mount.
impl<Req> FromRequest<UnreadRequest<Req>> for SingleRequest<Req> {
    const STREAMS: bool = false;

    #[inline]
    fn from_request(messages: UnreadRequest<Req>, _call: &Call) -> Self {
        Self(Stage::UnreadRequest(messages))
    }
}

// In tonic's own server.
impl<M: Method> FromRequest<tonic::Streaming<M::Request>> for RequestStream<M, RequestMessages<M::Request>> {
    const STREAMS: bool = true;

    fn from_request(stream: tonic::Streaming<M::Request>, call: &Call) -> Self {
        Self::new(RequestMessages::Open(stream), call.upload())
    }
}

// Behind a mount.
impl<M: Method> FromRequest<UnreadRequest<M::Request>> for RequestStream<M, RequestMessages<M::Request>> {
    const STREAMS: bool = true;

    fn from_request(stream: UnreadRequest<M::Request>, call: &Call) -> Self {
        Self::new(RequestMessages::UnreadRequest(stream), call.upload())
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
}

impl<Req> fmt::Debug for SingleRequest<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleRequest").finish_non_exhaustive()
    }
}
