//! The messages of a request behind a mount, before and while its body is read.

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

/// The messages of a request whose body was not read yet. The call holds the body.
pub struct UnreadRequest<Req> {
    pub(crate) decode: Decode<Req>,
    pub(crate) compression: Option<CompressionEncoding>,
    pub(crate) max_message_size: Option<usize>,
}

/// Decodes a body with the codec of a mount.
pub(crate) type Decode<Req> = fn(UploadBody, Option<CompressionEncoding>, Option<usize>) -> Streaming<Req>;

impl<Req> UnreadRequest<Req> {
    /// Takes the body of the call, and returns the stream of its messages.
    pub(crate) fn decode_body(&self, call: &Call) -> Streaming<Req> {
        let body = UploadBody { body: call.take_body(), upload: call.upload() };
        (self.decode)(body, self.compression, self.max_message_size)
    }
}

/// The number of messages to read in one poll, so that other tasks and the deadline get their turn. A client that should
/// send one message may send messages without end.
const MAX_MESSAGES_PER_POLL: u8 = 32;

/// Reads the message of a client that does not stream.
pub(crate) struct RequestReader<Req> {
    messages: Streaming<Req>,
    message: Option<Req>,
    /// The error to return in the next poll.
    error: Option<Status>,
}

impl<Req> RequestReader<Req> {
    #[inline]
    pub(crate) fn new(messages: Streaming<Req>) -> Self {
        Self { messages, message: None, error: None }
    }

    /// Polls for the message. It is ready when the body has ended, because dropping the body earlier would reset the stream.
    ///
    /// It must not be called again after it was ready.
    pub(crate) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        if let Some(status) = self.error.take() {
            return Poll::Ready(Err(status));
        }
        match ready!(self.poll_to_end(cx)) {
            Ok(message) => Poll::Ready(Ok(message)),
            Err(status) => {
                // The client may have reset the stream. So the error is returned in the next poll only: in between, hyper
                // sees the reset and drops the call.
                self.error = Some(status);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    /// Reads the body to its end. As in tonic's own server, further messages are decoded and ignored.
    fn poll_to_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        let mut remaining = MAX_MESSAGES_PER_POLL;
        while let Some(message) = ready!(Pin::new(&mut self.messages).poll_next(cx)?) {
            self.message.get_or_insert(message);
            remaining -= 1;
            if remaining == 0 {
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

/// A body that sets a flag if the client aborts its stream. tonic reports a regular end for such a body.
pub(crate) struct UploadBody {
    body: Body,
    /// The flag to set, if the client streams.
    upload: Option<Upload>,
}

impl http_body::Body for UploadBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        // Other errors reach the handler by themselves.
        if let Some(Err(status)) = &frame
            && is_upload_error(status)
            && let Some(upload) = &self.upload
        {
            upload.set_aborted();
        }
        Poll::Ready(frame)
    }
}
