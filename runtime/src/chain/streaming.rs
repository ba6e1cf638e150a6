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

/// The stream of the messages that a client sends.
///
/// The hooks of the chain have accepted each message before the handler receives it. A handler may move the stream to
/// another task and respond in the meantime. When the call ends, the stream ends with CANCELLED.
///
/// It has the same methods as [`tonic::Streaming`]. A handler may take `tonic::Streaming` instead. The hooks see the
/// messages in both cases.
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
/// This handler reads in another task, and sends its responses through a channel:
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
///     let (sender, receiver) = mpsc::channel(1);
///     tokio::spawn(async move {
///         while let Some(request) = requests.message().await.transpose() {
///             let response = request.map(|request| HelloResponse { reply: request.name });
///             // Sending fails after the call has ended.
///             if sender.send(response).await.is_err() {
///                 break;
///             }
///         }
///     });
///     Ok(ReceiverStream::new(receiver))
/// }
/// ```
pub struct Streaming<T> {
    inner: tonic::Streaming<T>,
    hooks: Arc<dyn RequestHooks<T>>,
    /// The state of the stream behind a mount. `inner` reports the same end for an aborted stream as for a complete one.
    upload: Option<Upload>,
    end: Option<End>,
}

/// The end of a stream of messages.
enum End {
    /// The client has sent all messages.
    Complete,
    /// The stream has failed. The status is there until the handler receives it.
    Failed(Option<Status>),
}

impl<T> Streaming<T> {
    pub(crate) fn new(
        inner: tonic::Streaming<T>,
        hooks: Arc<dyn RequestHooks<T>>,
        upload: Option<Upload>,
    ) -> Self {
        Self { inner, hooks, upload, end: None }
    }

    /// Receives the next message, or returns `None` after the last one.
    ///
    /// See [`Streaming`] for an example.
    ///
    /// # Errors
    ///
    /// Returns an error if a message could not be decoded, if a hook has rejected it, or if the call has ended. There
    /// are no messages after an error. If a hook has rejected a message, the call ends with the status of the hook,
    /// and the result of the handler has no effect.
    ///
    /// If the client aborts its stream, the call ends, and the handler's future is dropped. Another task that reads the
    /// stream receives CANCELLED behind a [`Mount`](crate::Mount) or a [`layer`](crate::layer()). In tonic's own server,
    /// that task cannot distinguish an aborted stream from a complete one: it receives `None`.
    pub async fn message(&mut self) -> Result<Option<T>, Status> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// Receives the trailing metadata of the client, or `None` if it has sent none.
    ///
    /// Messages that the handler has not received are discarded, after the hooks have seen them. gRPC clients send no
    /// trailers, so this method is rarely useful. It exists because [`tonic::Streaming::trailers`] does.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`message`](Self::message).
    ///
    /// ```
    /// use vestibule::{Status, Streaming};
    ///
    /// async fn checksum<T>(mut requests: Streaming<T>) -> Result<Option<String>, Status> {
    ///     let trailers = requests.trailers().await?;
    ///     let checksum = trailers.as_ref().and_then(|trailers| trailers.get("x-checksum"));
    ///     Ok(checksum.and_then(|checksum| checksum.to_str().ok()).map(str::to_owned))
    /// }
    /// ```
    pub async fn trailers(&mut self) -> Result<Option<MetadataMap>, Status> {
        while self.message().await?.is_some() {}
        poll_fn(|cx| self.poll_trailers(cx)).await
    }

    /// Polls for the trailers, after the last message. After an error there are none.
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
        let mut next = Pin::new(&mut self.inner).poll_next(cx);
        // The hooks see the message in its place, so that it is not moved.
        if let Poll::Ready(Some(Ok(message))) = &mut next {
            return match self.hooks.on_request(message) {
                Ok(()) => next,
                Err(status) => {
                    self.end = Some(End::Failed(None));
                    Poll::Ready(Some(Err(status)))
                }
            };
        }
        let Poll::Ready(last) = next else {
            // The client has sent nothing new, but the call may have ended.
            return self.hooks.poll_end(cx).map(|status| {
                self.end = Some(End::Failed(None));
                Some(Err(status))
            });
        };
        let error = match &self.upload {
            Some(upload) if upload.is_aborted() => Some(aborted()),
            _ => last.and_then(Result::err).map(as_cancelled),
        };
        self.end = Some(error.map_or(End::Complete, |status| End::Failed(Some(status))));
        // The client may have reset the stream even if no error says so: tonic's own server has no `upload`, and a reset
        // with NO_ERROR is no error of the body. So the end is reported in the next poll only. In between, hyper sees the
        // reset and drops the call before its handler acts on the end.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cold]
fn aborted() -> Status {
    Status::cancelled("the client aborted its stream")
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").finish_non_exhaustive()
    }
}
