//! How a call of which only the headers have arrived gets to the chain, through tonic's trait: beside
//! the request, in its extensions.
//!
//! Extensions are copied along with a request, into a call of another service perhaps. What was copied is of no
//! use there, and doesn't count.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use tonic::{Extensions, Status, Streaming};

use crate::cut_short::is_cut_short;

/// The one message of a client, on its way.
pub(crate) struct Arriving<Req> {
    messages: Mutex<Option<Streaming<Req>>>,
    is_original: bool,
}

impl<Req: Send + 'static> Arriving<Req> {
    pub(super) fn new(messages: Streaming<Req>) -> Self {
        Self { messages: Mutex::new(Some(messages)), is_original: true }
    }

    /// What a mount has left.
    #[inline]
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get::<Self>().filter(|arriving| arriving.is_original)
    }

    /// The message, when the client has sent all: to stop reading before that would reset the stream.
    pub(crate) async fn message(&self) -> Result<Req, Status> {
        let message = match self.next().await {
            // As in tonic's own server, what follows must be well-formed, and is not used.
            Some(Ok(message)) => loop {
                match self.next().await {
                    Some(Ok(_)) => {}
                    Some(Err(status)) => break Err(status),
                    None => break Ok(message),
                }
            },
            Some(Err(status)) => Err(status),
            None => Err(Status::internal("Missing request message.")),
        };
        if message.is_err() {
            // The client may have gone. hyper knows when the call is polled again, and drops it.
            yield_now().await;
        }
        *self.messages.lock().unwrap_or_else(PoisonError::into_inner) = None;
        message
    }

    /// What is next is read where it is: moving the stream would cost more than the lock, for which nobody
    /// waits.
    async fn next(&self) -> Option<Result<Req, Status>> {
        poll_fn(|cx| {
            let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            messages.as_mut().map_or(Poll::Ready(None), |messages| Pin::new(messages).poll_next(cx))
        })
        .await
    }
}

async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|cx| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl<Req> Clone for Arriving<Req> {
    fn clone(&self) -> Self {
        Self { messages: Mutex::new(None), is_original: false }
    }
}

/// Whether a client that streams has broken off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload(Arc<AtomicBool>);

impl Upload {
    /// What a mount has left.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        let Uploading { upload, is_original } = extensions.get()?;
        is_original.then(|| upload.clone())
    }

    pub(crate) fn set_broken_off(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_broken_off(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the extensions of a request have of it.
struct Uploading {
    upload: Upload,
    is_original: bool,
}

impl Clone for Uploading {
    fn clone(&self) -> Self {
        Self { upload: self.upload.clone(), is_original: false }
    }
}

/// A body that takes note if its client breaks off. tonic makes of that an end like any other.
pub(super) struct Watched<B> {
    body: B,
    upload: Upload,
}

/// A request of which it will be known whether its client broke off.
pub(super) fn watched<B>(mut request: http::Request<B>) -> http::Request<Watched<B>> {
    let upload = Upload::default();
    request.extensions_mut().insert(Uploading { upload: upload.clone(), is_original: true });
    request.map(|body| Watched { body, upload })
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
        // Other errors reach the handler as they are.
        if let Some(Err(status)) = &frame
            && is_cut_short(status)
        {
            self.upload.set_broken_off();
        }
        Poll::Ready(frame)
    }
}
