//! Turns the messages that a handler gets into tonic's own `Streaming`.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use tonic::Status;
use tonic::codec::{DecodeBuf, Decoder};

use super::streaming::Streaming;

/// For handlers in tonic's own form. The messages have passed the hooks all the same.
impl<T: Send + 'static> From<Streaming<T>> for tonic::Streaming<T> {
    fn from(stream: Streaming<T>) -> Self {
        // tonic decodes messages out of a body. Here they are decoded already: the body has an empty
        // frame for each, and the decoder takes the message from where the body has put it.
        let message = Arc::new(Mutex::new(None));
        let body = Relay { stream, message: Arc::clone(&message) };
        tonic::Streaming::new_request(Unpack(message), body, None, None)
    }
}

type Parcel<T> = Arc<Mutex<Option<Result<T, Status>>>>;

struct Relay<T> {
    stream: Streaming<T>,
    message: Parcel<T>,
}

/// Not compressed, and zero bytes long.
const EMPTY_FRAME: Bytes = Bytes::from_static(&[0; 5]);

impl<T> Body for Relay<T> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Poll::Ready(next) = Pin::new(&mut self.stream).poll_next(cx) else { return Poll::Pending };
        if next.is_some() {
            // Errors as well: tonic takes a CANCELLED of the body for the end of the stream.
            *self.message.lock().unwrap_or_else(PoisonError::into_inner) = next;
            return Poll::Ready(Some(Ok(Frame::data(EMPTY_FRAME))));
        }
        self.stream.poll_trailers(cx).map(|trailers| match trailers {
            Ok(trailers) => trailers.map(|trailers| Ok(Frame::trailers(trailers.into_headers()))),
            Err(status) => Some(Err(status)),
        })
    }
}

struct Unpack<T>(Parcel<T>);

impl<T: Send> Decoder for Unpack<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, _buf: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().transpose()
    }
}
