//! The messages of a request behind a mount, before and while its body is read.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::{Status, Streaming};

use crate::Call;
use crate::call::{Upload, is_upload_error};

/// The messages of a request whose body was not read yet. The call holds the body.
pub struct UnreadRequest<Req> {
    pub(crate) decoders: Decoders<Req>,
    pub(crate) compression: Option<CompressionEncoding>,
    pub(crate) max_message_size: Option<usize>,
}

/// The functions that decode requests with the codec of a mount.
pub(crate) struct Decoders<Req> {
    /// Decodes the messages of a body.
    pub(crate) body: fn(UploadBody, Option<CompressionEncoding>, Option<usize>) -> Streaming<Req>,
    /// Decodes a message without its prefix. It returns `None` if the codec only decodes bodies.
    pub(crate) message: fn(&[u8]) -> Option<Result<Req, Status>>,
}

impl<Req> UnreadRequest<Req> {
    /// Takes the body of the call, and returns the stream of its messages.
    pub(crate) fn decode_call(&self, call: &Call) -> Streaming<Req> {
        self.decode_body(call.take_body(), call.upload())
    }

    /// Returns the stream of the messages of `body`.
    pub(super) fn decode_body(&self, body: Body, upload: Option<Upload>) -> Streaming<Req> {
        (self.decoders.body)(UploadBody { body, upload }, self.compression, self.max_message_size)
    }
}

impl<Req> Clone for UnreadRequest<Req> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Req> Copy for UnreadRequest<Req> {}

impl<Req> Clone for Decoders<Req> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Req> Copy for Decoders<Req> {}

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
