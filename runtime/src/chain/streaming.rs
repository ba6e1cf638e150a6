use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::shared_hooks::RequestHooks;
use crate::call::{Upload, as_cancelled};

/// The messages of a client that streams, as a handler gets them.
///
/// Each one has passed the hooks of the chain. It is independent of the reply: a handler may move
/// it to another task, and answer meanwhile. With the end of the call it ends as well, with CANCELLED.
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
///
/// In a task of its own, with a channel for the replies:
///
/// ```
/// use proto::hello::{HelloRequest, HelloResponse};
/// use tokio::sync::mpsc;
/// use tokio_stream::wrappers::ReceiverStream;
/// use vestibule::{Status, Streaming};
///
/// async fn bidi_hello(
///     mut requests: Streaming<HelloRequest>,
/// ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
///     let (replies, receiver) = mpsc::channel(1);
///     tokio::spawn(async move {
///         while let Some(request) = requests.message().await.transpose() {
///             let reply = request.map(|request| HelloResponse { reply: request.name });
///             // It fails when the call has ended: nobody reads any more.
///             if replies.send(reply).await.is_err() {
///                 break;
///             }
///         }
///     });
///     Ok(ReceiverStream::new(receiver))
/// }
/// ```
pub struct Streaming<T> {
    inner: tonic::Streaming<T>,
    gate: Arc<dyn RequestHooks<T>>,
    /// What a mount knows: tonic can't tell a client that broke off from one that has sent all.
    upload: Option<Upload>,
    end: Option<End>,
}

/// Why there are no more messages.
enum End {
    /// The client has sent all.
    Complete,
    /// This error, until the handler has been told of it.
    Failed(Option<Status>),
}

impl<T> Streaming<T> {
    pub(crate) fn new(
        inner: tonic::Streaming<T>,
        gate: Arc<dyn RequestHooks<T>>,
        upload: Option<Upload>,
    ) -> Self {
        Self { inner, gate, upload, end: None }
    }

    /// The next message, or `None` once the client has sent all.
    ///
    /// # Errors
    ///
    /// A message could not be decoded, a hook rejected it, or the call has ended. There are no messages
    /// after an error. If a hook has rejected a message, the call ends with that status, whatever the
    /// handler returns.
    ///
    /// A client that breaks off ends the call, and with it the handler. Behind a [`Mount`](crate::Mount) or a
    /// [`layer`](crate::layer()) it is CANCELLED here as well; in tonic's own server it looks, in another task, like the end of the
    /// messages.
    pub async fn message(&mut self) -> Result<Option<T>, Status> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// The metadata that the client sent after its last message. StreamedRequest that were not read are
    /// skipped, once the hooks have seen them.
    ///
    /// # Errors
    ///
    /// Those of [`message`](Self::message).
    pub async fn trailers(&mut self) -> Result<Option<MetadataMap>, Status> {
        while self.message().await?.is_some() {}
        poll_fn(|cx| self.poll_trailers(cx)).await
    }

    /// Once all messages were read, they are there, if ever. There are none after an error.
    pub(super) fn poll_trailers(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<MetadataMap>, Status>> {
        match self.end {
            Some(End::Failed(_)) => Poll::Ready(Ok(None)),
            _ => pin!(self.inner.trailers()).poll(cx),
        }
    }
}

impl<T> Stream for Streaming<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.end {
            None => {}
            Some(End::Complete) => return Poll::Ready(None),
            Some(End::Failed(status)) => return Poll::Ready(status.take().map(Err)),
        }
        match Pin::new(&mut self.inner).poll_next(cx) {
            Poll::Ready(Some(Ok(mut message))) => {
                let admitted = self.gate.on_request(&mut message);
                if admitted.is_err() {
                    self.end = Some(End::Failed(None));
                }
                Poll::Ready(Some(admitted.map(|()| message)))
            }
            Poll::Ready(last) => {
                let error = match &self.upload {
                    Some(upload) if upload.is_aborted() => Some(aborted()),
                    _ => last.and_then(Result::err).map(as_cancelled),
                };
                self.end = Some(error.map_or(End::Complete, |status| End::Failed(Some(status))));
                // Not always is it known whether the client has broken off: without a mount it isn't, nor if
                // it reset the stream with NO_ERROR. Before a handler acts on the end, its call is polled
                // again: hyper then finds it reset, and drops it.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            // The client is silent: its call may have ended all the same.
            Poll::Pending => self.gate.poll_end(cx).map(|status| {
                self.end = Some(End::Failed(None));
                Some(Err(status))
            }),
        }
    }
}

#[cold]
fn aborted() -> Status {
    Status::cancelled("the client has broken off")
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").finish_non_exhaustive()
    }
}
