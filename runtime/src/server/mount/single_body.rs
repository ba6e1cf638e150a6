//! The body of a response with a single message.
//!
//! tonic's `EncodeBody` is made for streams: it holds the message, an encoder and its buffers until the body is polled, and makes
//! a status for the trailers. A single message is there when the response begins. So it is encoded then, and this body holds
//! its frame alone.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

/// A response with a frame of data, and the trailers of a success.
pub(super) struct SingleBody {
    message: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

/// The status of a success in its trailers.
const OK: HeaderValue = HeaderValue::from_static("0");

impl SingleBody {
    /// Creates a body from an encoded `message` and the trailers of interceptors.
    pub(super) fn new(message: Bytes, trailers: Option<HeaderMap>) -> Self {
        let mut trailers = trailers.unwrap_or_else(|| HeaderMap::with_capacity(1));
        trailers.insert(Status::GRPC_STATUS, OK);
        Self { message: Some(message), trailers: Some(trailers) }
    }
}

impl http_body::Body for SingleBody {
    type Data = Bytes;
    type Error = Status;

    #[inline]
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = match self.message.take() {
            Some(message) => Some(Frame::data(message)),
            None => self.trailers.take().map(Frame::trailers),
        };
        Poll::Ready(frame.map(Ok))
    }

    // There is no hint of the size, as tonic gives none: hyper would add the header `content-length`.
    fn is_end_stream(&self) -> bool {
        self.trailers.is_none()
    }
}

impl From<SingleBody> for Body {
    fn from(body: SingleBody) -> Self {
        // tonic takes a body of this type as it is. It would put any other into a box of its own.
        Self::new(http_body_util::combinators::UnsyncBoxBody::new(body))
    }
}
