//! The side of the service in an exchange: one message or a stream.

use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::Response;

use super::response_sender::ResponseSender;

/// The response of a service that does not stream, after the handler has returned it.
#[derive(Debug)]
pub struct SingleResponse<Res>(pub(super) Option<Response<Res>>);

/// The side of the service in an exchange: a `SingleResponse` or a `ResponseSender`.
pub trait ResponseSink {
    /// True if the service streams.
    const STREAMS: bool;

    /// Creates it without a response.
    fn empty() -> Self;
}

impl<Res> ResponseSink for SingleResponse<Res> {
    const STREAMS: bool = false;

    #[inline]
    fn empty() -> Self {
        Self(None)
    }
}

impl<Res> ResponseSink for ResponseSender<Res> {
    const STREAMS: bool = true;

    fn empty() -> Self {
        Self::new()
    }
}

/// A response with a stream, and the closure that polls the stream.
///
/// Only the closure requires that the type is a stream. If each function on the way had this bound, a handler that returns
/// something else would cause an error at each of them.
#[derive(Debug)]
pub struct StreamingResponse<S, P> {
    pub(super) response: Response<S>,
    pub(super) poll: P,
}

impl<S, P> StreamingResponse<S, P> {
    /// Creates a response whose stream `poll` polls.
    #[inline]
    pub fn new<T>(response: Response<S>, poll: P) -> Self
    where
        P: FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<T>>,
    {
        Self { response, poll }
    }
}
