use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};
use tonic::Status;
use tonic::codec::{DecodeBuf, Decoder};
use tonic::metadata::MetadataMap;

use crate::chain::Gate;

/// The messages of a client that streams, as a handler gets them.
///
/// Each one has passed the hooks of the chain. It is independent of the reply: a handler may move
/// it to another task, and answer meanwhile. With the end of the call it ends as well.
///
/// It has the methods of [`tonic::Streaming`], which a handler may take in its place.
///
/// ```
/// use proto::hello::{HelloRequest, HelloResponse};
/// use vestibule::{Status, Streaming};
///
/// async fn lots_of_greetings(mut requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
///     let mut names = Vec::new();
///     while let Some(request) = requests.message().await? {
///         names.push(request.name);
///     }
///     Ok(HelloResponse { reply: format!("hello {}", names.join(", ")) })
/// }
/// ```
pub struct Streaming<T> {
    inner: tonic::Streaming<T>,
    gate: Arc<dyn Gate<T>>,
    /// Once there are no more messages: the error that says so, until it has been said.
    end: Option<Option<Status>>,
}

impl<T> Streaming<T> {
    pub(crate) fn new(inner: tonic::Streaming<T>, gate: Arc<dyn Gate<T>>) -> Self {
        Self { inner, gate, end: None }
    }

    /// The next message, or `None` once the client has sent all.
    ///
    /// # Errors
    ///
    /// The client broke off, a message could not be decoded, a hook rejected it, or the call has
    /// ended. There are no messages after an error. If a hook has rejected a message, the call ends
    /// with that status, whatever the handler returns.
    pub async fn message(&mut self) -> Result<Option<T>, Status> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// The metadata that the client sent after its last message. Messages that were not read are
    /// skipped, past the hooks as well.
    ///
    /// # Errors
    ///
    /// Those of [`message`](Self::message).
    pub async fn trailers(&mut self) -> Result<Option<MetadataMap>, Status> {
        while self.message().await?.is_some() {}
        self.inner.trailers().await
    }
}

impl<T> Stream for Streaming<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(status) = &mut self.end {
            return Poll::Ready(status.take().map(Err));
        }
        match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
            Some(Ok(mut message)) => {
                let admitted = self.gate.admit(&mut message);
                if admitted.is_err() {
                    self.end = Some(None);
                }
                Poll::Ready(Some(admitted.map(|()| message)))
            }
            end => {
                // To tonic, a client that broke off looks like one that has sent all. Before a handler
                // acts on that, its call is polled again: hyper then finds it reset, and drops it.
                self.end = Some(end.and_then(Result::err));
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").finish_non_exhaustive()
    }
}

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
        // At the end of the messages they are there, if ever.
        let trailers = pin!(self.stream.inner.trailers()).poll(cx);
        trailers.map(|trailers| match trailers {
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
