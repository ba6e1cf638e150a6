//! The conversion of this crate's `Streaming` into `tonic::Streaming`.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use tonic::Status;
use tonic::codec::{DecodeBuf, Decoder};

use super::streaming::Streaming;

/// Converts the stream for handlers with the signature of tonic's trait. The hooks see the messages all the same.
impl<T: Send + 'static> From<Streaming<T>> for tonic::Streaming<T> {
    fn from(stream: Streaming<T>) -> Self {
        // `tonic::Streaming` decodes messages from a body, but these messages are decoded already. So the body yields an
        // empty message for each of them and stores the decoded one, where the decoder finds it.
        let decoded = Arc::new(Mutex::new(None));
        let body = DecodedBody { stream, decoded: Arc::clone(&decoded) };
        tonic::Streaming::new_request(DecodedDecoder(decoded), body, None, None)
    }
}

/// The message, or the error, that the body has stored for the decoder.
type Decoded<T> = Arc<Mutex<Option<Result<T, Status>>>>;

struct DecodedBody<T> {
    stream: Streaming<T>,
    decoded: Decoded<T>,
}

/// The prefix of a message that is not compressed and has no data.
const EMPTY_MESSAGE: Bytes = Bytes::from_static(&[0; 5]);

impl<T> Body for DecodedBody<T> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Poll::Ready(next) = Pin::new(&mut self.stream).poll_next(cx) else { return Poll::Pending };
        if next.is_some() {
            // Errors go through the decoder as well, because tonic ignores a CANCELLED of the body.
            *self.decoded.lock().unwrap_or_else(PoisonError::into_inner) = next;
            return Poll::Ready(Some(Ok(Frame::data(EMPTY_MESSAGE))));
        }
        self.stream.poll_trailers(cx).map(|trailers| match trailers {
            Ok(trailers) => trailers.map(|trailers| Ok(Frame::trailers(trailers.into_headers()))),
            Err(status) => Some(Err(status)),
        })
    }
}

struct DecodedDecoder<T>(Decoded<T>);

impl<T: Send> Decoder for DecodedDecoder<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, _buf: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().transpose()
    }
}
