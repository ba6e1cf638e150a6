//! How a call of which only the headers have arrived gets to the chain, through tonic's trait: beside
//! the request, in its extensions.
//!
//! Extensions are copied along with a request, into a call of another service perhaps. What was copied is of no
//! use there, and doesn't count.

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
    /// Here rather than in the future that waits, which is part of every call's.
    state: Mutex<State<Req>>,
    is_original: bool,
}

#[expect(clippy::large_enum_variant, reason = "it is large from the beginning")]
enum State<Req> {
    /// More is to be read: the message, unless there is one.
    Reading(Streaming<Req>, Option<Req>),
    /// It is over, but not for this poll.
    Failed(Status),
    Gone,
}

impl<Req: Send + 'static> Arriving<Req> {
    pub(super) fn new(messages: Streaming<Req>) -> Self {
        Self { state: Mutex::new(State::Reading(messages, None)), is_original: true }
    }

    /// What a mount has left.
    #[inline]
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get::<Self>().filter(|arriving| arriving.is_original)
    }

    /// The message, when the client has sent all: to stop reading before that would reset the stream.
    pub(crate) fn poll_message(&self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let message = match &mut *state {
            State::Reading(messages, message) => ready!(poll_whole(messages, message, cx)),
            State::Failed(_) | State::Gone => match std::mem::replace(&mut *state, State::Gone) {
                State::Failed(status) => return Poll::Ready(Err(status)),
                State::Reading(..) | State::Gone => return Poll::Pending,
            },
        };
        match message {
            Ok(message) => {
                *state = State::Gone;
                Poll::Ready(Ok(message))
            }
            Err(status) => {
                // The client may have gone. hyper knows when the call is polled again, and drops it.
                *state = State::Failed(status);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// Reads to the end. As in tonic's own server, what follows a message must be well-formed, and is not used.
fn poll_whole<Req>(
    messages: &mut Streaming<Req>,
    message: &mut Option<Req>,
    cx: &mut Context<'_>,
) -> Poll<Result<Req, Status>> {
    loop {
        match ready!(Pin::new(&mut *messages).poll_next(cx)) {
            Some(Ok(next)) => {
                message.get_or_insert(next);
            }
            Some(Err(status)) => return Poll::Ready(Err(status)),
            None => {
                let message = message.take();
                return Poll::Ready(message.ok_or_else(|| Status::internal("Missing request message.")));
            }
        }
    }
}

impl<Req> Clone for Arriving<Req> {
    fn clone(&self) -> Self {
        Self { state: Mutex::new(State::Gone), is_original: false }
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
