//! What the service sends back, while the chain runs: one message or a stream of them.

use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::Response;

use super::response_stream::ResponseSender;

/// The one reply of a service.
#[derive(Debug)]
pub struct SingleResponse<Res>(pub(super) Option<Response<Res>>);

/// Where a reply goes.
pub trait ResponseSink {
    /// Whether it is a stream.
    const STREAMS: bool;

    /// Nothing yet.
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

/// A reply and the closure that polls its stream. That its type is a stream is asked once, where the closure is: as a bound
/// of every function that the stream passes through, it would be an error at each.
#[derive(Debug)]
pub struct StreamingResponse<S, P> {
    pub(super) reply: Response<S>,
    pub(super) poll: P,
}

impl<S, P> StreamingResponse<S, P> {
    /// A reply and how it is polled.
    #[inline]
    pub fn new<T>(reply: Response<S>, poll: P) -> Self
    where
        P: FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<T>>,
    {
        Self { reply, poll }
    }
}
