use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use tonic::{Response, Status};

use super::checked::BUG;

/// Where a chain leaves the messages of a streaming reply, one at a time, for the stream that
/// drives the chain.
pub struct ResponseSender<Res>(Arc<Mutex<Slot<Res>>>);

struct Slot<Res> {
    headers: Headers,
    message: Option<Res>,
    /// Whoever waits for the slot to be empty.
    sender: Option<Waker>,
}

enum Headers {
    None,
    Ready(Response<()>),
    AddedMetadata,
}

impl<Res> ResponseSender<Res> {
    /// An empty one.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Slot { headers: Headers::None, message: None, sender: None })))
    }

    fn lock(&self) -> MutexGuard<'_, Slot<Res>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drives `chain` until the reply has headers. From then on the reply's stream drives it.
    pub fn start(
        self,
        chain: impl Future<Output = Result<(), Status>> + Send + 'static,
    ) -> HeadersFuture<Res> {
        HeadersFuture(Some(ResponseStream { chain: Some(Box::pin(chain)), outlet: self, end: None }))
    }

    /// Hands over the headers, and returns once they were taken.
    pub(crate) async fn send_headers(&self, headers: Response<()>) {
        let mut headers = Some(headers);
        self.deliver(
            |slot| slot.headers = headers.take().map_or(Headers::AddedMetadata, Headers::Ready),
            |slot| matches!(slot.headers, Headers::AddedMetadata),
        )
        .await;
    }

    /// Hands over a message, and returns once it was taken: one is held at most.
    pub(crate) async fn send(&self, message: Res) {
        let mut message = Some(message);
        self.deliver(|slot| slot.message = message.take(), |slot| slot.message.is_none()).await;
    }

    /// Takes what was handed over.
    fn take<T>(&self, cx: &Context<'_>, take: impl FnOnce(&mut Slot<Res>) -> T) -> T {
        let mut slot = self.lock();
        let taken = take(&mut slot);
        // An interceptor that runs the rest in a set of futures polls it only if it was woken. What is polled next is
        // woken by that.
        let sender = slot.sender.take_if(|sender| !sender.will_wake(cx.waker()));
        drop(slot);
        if let Some(sender) = sender {
            sender.wake();
        }
        taken
    }

    /// Under one lock for each poll: they are most of what a message costs.
    async fn deliver(&self, mut put: impl FnMut(&mut Slot<Res>), is_taken: impl Fn(&Slot<Res>) -> bool) {
        let mut is_put = false;
        std::future::poll_fn(|cx| {
            let mut slot = self.lock();
            if !is_put {
                put(&mut slot);
                is_put = true;
            } else if is_taken(&slot) {
                return Poll::Ready(());
            }
            match &mut slot.sender {
                Some(sender) => sender.clone_from(cx.waker()),
                sender => *sender = Some(cx.waker().clone()),
            }
            Poll::Pending
        })
        .await;
    }
}

impl<Res> Clone for ResponseSender<Res> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Res> fmt::Debug for ResponseSender<Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseSender").finish_non_exhaustive()
    }
}

/// A streaming reply on its way: its headers, or the status if it fails before.
#[derive(Debug)]
#[must_use]
pub struct HeadersFuture<Res>(Option<ResponseStream<Res>>);

impl<Res> Future for HeadersFuture<Res> {
    type Output = Result<Response<ResponseStream<Res>>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(stream) = &mut self.0 else { return Poll::Pending };
        let poll = stream.poll_chain(cx);
        let headers =
            stream.outlet.take(cx, |slot| std::mem::replace(&mut slot.headers, Headers::AddedMetadata));
        match (headers, poll) {
            (Headers::Ready(headers), poll) => {
                stream.keep_end(poll);
                let (metadata, (), extensions) = headers.into_parts();
                let stream = self.0.take().expect("it was there some lines above");
                Poll::Ready(Ok(Response::from_parts(metadata, stream, extensions)))
            }
            (Headers::None | Headers::AddedMetadata, Poll::Ready(result)) => {
                self.0 = None;
                Poll::Ready(Err(result.err().unwrap_or_else(|| Status::internal(BUG))))
            }
            (headers, Poll::Pending) => {
                stream.outlet.lock().headers = headers;
                Poll::Pending
            }
        }
    }
}

/// What a method of tonic's trait returns: the future that async-trait makes of an `async fn`.
pub type BoxResponseFuture<'a, Res> =
    Pin<Box<dyn Future<Output = Result<Response<Res>, Status>> + Send + 'a>>;

/// The stream of a reply in the traits of tonic-build's `generate_default_stubs`.
pub type BoxStream<Res> = Pin<Box<dyn Stream<Item = Result<Res, Status>> + Send>>;

/// A streaming reply for those traits.
pub async fn boxed_stream<Res: Send + 'static>(
    opening: HeadersFuture<Res>,
) -> Result<Response<BoxStream<Res>>, Status> {
    let (metadata, stream, extensions) = opening.await?.into_parts();
    Ok(Response::from_parts(metadata, Box::pin(stream), extensions))
}

/// The stream of a reply whose method has a chain: it drives the chain to its end.
///
/// The macro names it as the associated type of a streaming method; there is no need to.
pub struct ResponseStream<Res> {
    chain: Option<BoxChain>,
    outlet: ResponseSender<Res>,
    /// What the chain ended with while headers or a message were still on their way.
    end: Option<Status>,
}

type BoxChain = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;

impl<Res> ResponseStream<Res> {
    /// An interceptor may give up the rest in the very poll in which that has left something.
    fn keep_end(&mut self, poll: Poll<Result<(), Status>>) {
        if let Poll::Ready(Err(status)) = poll {
            self.end = Some(status);
        }
    }

    fn poll_chain(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
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
        let message = self.outlet.take(cx, |slot| slot.message.take());
        if let Some(message) = message {
            self.keep_end(poll);
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
