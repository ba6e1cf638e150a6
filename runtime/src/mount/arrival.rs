//! What arrives after the headers: the message, or the end of an upload.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use tonic::{Status, Streaming};

use super::deadline::Deadline;
use crate::cut_short::is_cut_short;

/// What a mount knows of a call, beside its request.
#[derive(Debug)]
pub struct Mounted {
    pub(crate) client_deadline: Option<Instant>,
    /// Of a client that streams.
    pub(crate) upload: Option<Upload>,
}

impl Mounted {
    pub(super) fn new(deadline: Deadline, upload: Option<Upload>) -> Self {
        Self { client_deadline: deadline.client, upload }
    }
}

/// The one message of a client, on its way. Behind a trait, so that nothing of it is compiled for a service
/// that has no mount.
pub(crate) trait Arriving<Req>: Send + Sync {
    /// The message, when the client has sent all: to stop reading before that would reset the stream. It must not
    /// be called again once it was ready.
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>>;
}

/// The message of a stream that has one.
#[expect(clippy::large_enum_variant, reason = "it is large from the beginning")]
enum Reader<Req> {
    /// More is to be read: the message, unless there is one.
    Reading(Streaming<Req>, Option<Req>),
    /// It is over, but not for this poll.
    Failed(Status),
    Gone,
}

pub(crate) fn arriving<Req: Send + 'static>(messages: Streaming<Req>) -> Box<dyn Arriving<Req>> {
    Box::new(Mutex::new(Reader::Reading(messages, None)))
}

/// In a lock that is never locked, so that a message need not be `Sync`.
impl<Req: Send> Arriving<Req> for Mutex<Reader<Req>> {
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        let reader = self.get_mut().unwrap_or_else(PoisonError::into_inner);
        let message = match reader {
            Reader::Reading(messages, message) => ready!(poll_whole(messages, message, cx)),
            Reader::Failed(_) | Reader::Gone => match std::mem::replace(reader, Reader::Gone) {
                Reader::Failed(status) => return Poll::Ready(Err(status)),
                Reader::Reading(..) | Reader::Gone => return Poll::Pending,
            },
        };
        match message {
            Ok(message) => Poll::Ready(Ok(message)),
            Err(status) => {
                // The client may have gone. hyper knows when the call is polled again, and drops it.
                *reader = Reader::Failed(status);
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

/// Whether a client that streams has broken off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload(Arc<AtomicBool>);

impl Upload {
    pub(crate) fn set_broken_off(&self) {
        self.0.store(true, Ordering::Relaxed);
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

/// A request of which it will be known whether its client broke off.
pub(super) fn watched<B>(request: http::Request<B>) -> (http::Request<Watched<B>>, Upload) {
    let upload = Upload::default();
    (request.map(|body| Watched { body, upload: upload.clone() }), upload)
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
