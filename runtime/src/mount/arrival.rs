//! How a call of which only the headers have arrived gets to the chain, through tonic's trait: beside
//! the request, in its extensions.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tonic::{Extensions, Status, Streaming};

/// The one message of a client, on its way.
pub(crate) struct Arriving<Req>(Mutex<Option<Streaming<Req>>>);

impl<Req> Arriving<Req> {
    pub(super) fn new(messages: Streaming<Req>) -> Self {
        Self(Mutex::new(Some(messages)))
    }
}

impl<Req: Send + 'static> Arriving<Req> {
    /// What a mount has left.
    #[inline]
    pub(crate) fn take(extensions: &mut Extensions) -> Option<Streaming<Req>> {
        let arriving: Self = extensions.remove()?;
        arriving.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Extensions can be cloned, a message on its way can't. The chain takes it before anybody can clone it.
impl<Req> Clone for Arriving<Req> {
    fn clone(&self) -> Self {
        Self(Mutex::new(None))
    }
}

/// Whether a client that streams has broken off: reset the stream, or lost the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload(Arc<AtomicBool>);

impl Upload {
    /// What a mount has left.
    pub(crate) fn take(extensions: &mut Extensions) -> Option<Self> {
        extensions.remove()
    }

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
