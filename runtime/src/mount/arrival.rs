//! What arrives after the headers: the message, or the end of an upload.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use futures_core::Stream;
use http_body::Frame;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::{Status, Streaming};

use crate::Call;
use crate::cut_short::is_cut_short;
use crate::intake::Intake;

/// What a mount knows of a call, beside its request.
#[derive(Debug)]
pub struct Mounted {
    pub(crate) client_deadline: Option<Instant>,
    /// Only of a client that streams.
    pub(crate) upload: Option<Upload>,
    pub(crate) intake: Intake,
}

/// The messages of a request before anybody has asked for its body, which its call keeps.
pub struct Unopened<Req> {
    pub(super) decode: Decode<Req>,
    pub(super) compression: Option<CompressionEncoding>,
    pub(super) max_message_size: Option<usize>,
}

/// Decodes a body, by the codec of a mount.
pub(super) type Decode<Req> = fn(Watched, Option<CompressionEncoding>, Option<usize>) -> Streaming<Req>;

impl<Req> Unopened<Req> {
    /// The messages, from the beginning.
    pub(crate) fn open(&self, call: &Call) -> Streaming<Req> {
        let body = Watched { body: call.take_body(), upload: call.upload() };
        (self.decode)(body, self.compression, self.max_message_size)
    }
}

/// How many messages are read before others have their turn, and the deadline: a client may send more than one, and
/// for ever.
const AT_A_TIME: u8 = 32;

/// The one message of a client, on its way.
pub(crate) struct Arriving<Req> {
    messages: Streaming<Req>,
    message: Option<Req>,
    /// It is over, but not for the poll that met it.
    failed: Option<Status>,
}

impl<Req> Arriving<Req> {
    #[inline]
    pub(crate) fn new(messages: Streaming<Req>) -> Self {
        Self { messages, message: None, failed: None }
    }

    /// The message, when the client has sent all: to stop reading before that would reset the stream. It must not
    /// be called again once it was ready.
    pub(crate) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        if let Some(status) = self.failed.take() {
            return Poll::Ready(Err(status));
        }
        match ready!(self.poll_whole(cx)) {
            Ok(message) => Poll::Ready(Ok(message)),
            Err(status) => {
                // The client may have gone. hyper knows when the call is polled again, and drops it.
                self.failed = Some(status);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    /// Reads to the end. As in tonic's own server, what follows a message must be well-formed, and is not used.
    fn poll_whole(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        let mut left = AT_A_TIME;
        while let Some(next) = ready!(Pin::new(&mut self.messages).poll_next(cx)?) {
            self.message.get_or_insert(next);
            left -= 1;
            if left == 0 {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        let message = self.message.take();
        Poll::Ready(message.ok_or_else(|| Status::internal("Missing request message.")))
    }
}

impl<Req> fmt::Debug for Unopened<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unopened").field("compression", &self.compression).finish_non_exhaustive()
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
pub(super) struct Watched {
    body: Body,
    /// Only of a client that streams.
    upload: Option<Upload>,
}

impl http_body::Body for Watched {
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
            && let Some(upload) = &self.upload
        {
            upload.set_broken_off();
        }
        Poll::Ready(frame)
    }
}
