//! How a call of which only the headers have arrived gets to the chain, through tonic's trait: beside
//! the request, in its extensions.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use tonic::{Status, Streaming};

/// The one message of a client, on its way.
pub(crate) struct Arriving<Req>(Mutex<Option<Streaming<Req>>>);

impl<Req: Send + 'static> Arriving<Req> {
    pub(super) fn new(messages: Streaming<Req>) -> Self {
        Self(Mutex::new(Some(messages)))
    }

    /// The message, once. It is read where it is: moving the stream would cost more than the lock, for
    /// which nobody waits.
    pub(crate) async fn message(&self) -> Result<Req, Status> {
        let message = poll_fn(|cx| {
            let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let message = ready!(
                messages.as_mut().map_or(Poll::Ready(None), |messages| Pin::new(messages).poll_next(cx))
            );
            // What else the client sends, nobody reads.
            *messages = None;
            Poll::Ready(message)
        });
        message.await.unwrap_or_else(|| Err(Status::internal("Missing request message.")))
    }
}

/// Extensions can be cloned, a message on its way can't: the clone is of no use to anybody.
impl<Req> Clone for Arriving<Req> {
    fn clone(&self) -> Self {
        Self(Mutex::new(None))
    }
}

/// Whether a client that streams has broken off: reset the stream, or lost the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload(Arc<AtomicBool>);

impl Upload {
    pub(crate) fn is_broken_off(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that takes note if its client breaks off. tonic makes of that an end like any other.
pub(super) struct Watched<B> {
    body: B,
    upload: Upload,
}

impl<B> Watched<B> {
    pub(super) fn new(body: B, upload: Upload) -> Self {
        Self { body, upload }
    }
}

impl<B> Body for Watched<B>
where
    B: Body<Data = Bytes, Error = Status> + Unpin,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Err(_)) = frame {
            self.upload.0.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
