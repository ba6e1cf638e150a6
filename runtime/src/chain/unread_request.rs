//! What arrives after the headers: the message, or the end of an upload.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Frame;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::{Status, Streaming};

use crate::Call;
use crate::call::{Upload, is_upload_error};

/// The messages of a request before anybody has asked for its body, which its call keeps.
pub struct UnreadRequest<Req> {
    pub(crate) decode: Decode<Req>,
    pub(crate) compression: Option<CompressionEncoding>,
    pub(crate) max_message_size: Option<usize>,
}

/// Decodes a body, by the codec of a mount.
pub(crate) type Decode<Req> = fn(WatchedBody, Option<CompressionEncoding>, Option<usize>) -> Streaming<Req>;

impl<Req> UnreadRequest<Req> {
    /// The messages, from the beginning.
    pub(crate) fn send_headers(&self, call: &Call) -> Streaming<Req> {
        let body = WatchedBody { body: call.take_body(), upload: call.upload() };
        (self.decode)(body, self.compression, self.max_message_size)
    }
}

/// How many messages are read before others have their turn, and the deadline: a client may send more than one, and
/// for ever.
const AT_A_TIME: u8 = 32;

/// The one message of a client, on its way.
pub(crate) struct RequestReader<Req> {
    messages: Streaming<Req>,
    message: Option<Req>,
    /// It is over, but not for the poll that met it.
    failed: Option<Status>,
}

impl<Req> RequestReader<Req> {
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

impl<Req> fmt::Debug for UnreadRequest<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadRequest").field("compression", &self.compression).finish_non_exhaustive()
    }
}

/// A body that takes note if its client breaks off. tonic makes of that an end like any other.
pub(crate) struct WatchedBody {
    body: Body,
    /// Only of a client that streams.
    upload: Option<Upload>,
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        // Other errors reach the handler as they are.
        if let Some(Err(status)) = &frame
            && is_upload_error(status)
            && let Some(upload) = &self.upload
        {
            upload.set_aborted();
        }
        Poll::Ready(frame)
    }
}
