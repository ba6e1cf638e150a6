use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tonic::Status;

use super::response_sender::ResponseSender;

/// The stream of a response whose method has a chain. It polls the chain to its end.
///
/// The macro uses it as the associated type of a streaming method. There is no need to name it.
pub struct ResponseStream<Res> {
    /// `None` after the chain has ended.
    chain: Option<BoxChain>,
    sender: ResponseSender<Res>,
    /// The error with which the chain has ended while headers or a message were still to be received.
    end: Option<Status>,
}

type BoxChain = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;

impl<Res> ResponseStream<Res> {
    pub(super) fn new(chain: BoxChain, sender: ResponseSender<Res>) -> Self {
        Self { chain: Some(chain), sender, end: None }
    }

    pub(super) fn sender(&self) -> &ResponseSender<Res> {
        &self.sender
    }

    /// Stores the error of the chain, to return it after what the chain has sent in the same poll.
    ///
    /// An interceptor may drop its rest right after the rest has sent something.
    pub(super) fn store_end(&mut self, poll: Poll<Result<(), Status>>) {
        if let Poll::Ready(Err(status)) = poll {
            self.end = Some(status);
        }
    }

    #[inline]
    pub(super) fn poll_chain(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let Some(chain) = &mut self.chain else { return Poll::Ready(self.end.take().map_or(Ok(()), Err)) };
        let poll = chain.as_mut().poll(cx);
        if poll.is_ready() {
            self.chain = None;
        }
        poll
    }
}

impl<Res> Stream for ResponseStream<Res> {
    type Item = Result<Res, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let poll = self.poll_chain(cx);
        if let Some(message) = self.sender.take_message(cx) {
            self.store_end(poll);
            return Poll::Ready(Some(Ok(message)));
        }
        poll.map(|result| result.err().map(Err))
    }
}

impl<Res> fmt::Debug for ResponseStream<Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseStream").finish_non_exhaustive()
    }
}
