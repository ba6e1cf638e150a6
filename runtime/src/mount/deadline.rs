//! The client's deadline, for a call as a whole.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use http::HeaderMap;
use tokio::time::{Sleep, sleep_until, timeout_at};
use tonic::Status;

use crate::interceptors::exceeded;
use crate::metadata;

/// How much earlier than the client's deadline a call is ended at most: in time for tonic's own timer, which
/// would answer CANCELLED, and for the status to arrive. The interceptor `Deadline` is earlier still, so
/// that a chain that has it decides for itself.
const AHEAD: Duration = Duration::from_millis(25);

/// When a call is to be ended, if its client says so.
pub(super) fn limit(headers: &HeaderMap) -> Option<Instant> {
    let timeout = metadata::timeout(headers)?;
    Instant::now().checked_add(timeout - AHEAD.min(timeout / 20))
}

/// What `call` results in, if it does in time.
pub(crate) async fn within<T>(
    limit: Option<Instant>,
    call: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    let Some(limit) = limit else { return call.await };
    timeout_at(limit.into(), call).await.unwrap_or_else(|_| Err(exceeded()))
}

/// A stream that ends with `DEADLINE_EXCEEDED` if it has not ended in time.
pub(super) struct Limited<S> {
    /// None: it was ended.
    stream: Option<S>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Limited<S> {
    pub(super) fn new(stream: S, limit: Option<Instant>) -> Self {
        Self { stream: Some(stream), timer: limit.map(|limit| Box::pin(sleep_until(limit.into()))) }
    }
}

impl<T, S: Stream<Item = Result<T, Status>> + Unpin> Stream for Limited<S> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { stream: Some(stream), timer } = &mut *self else { return Poll::Ready(None) };
        // First: a stream may always have a message.
        if timer.as_mut().is_some_and(|timer| timer.as_mut().poll(cx).is_ready()) {
            self.stream = None;
            return Poll::Ready(Some(Err(exceeded())));
        }
        Pin::new(stream).poll_next(cx)
    }
}
