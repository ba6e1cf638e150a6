//! The client's deadline, for a call as a whole.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use http::HeaderMap;
use tokio::time::{Sleep, sleep_until, timeout_at};
use tonic::{Response, Status};

use crate::interceptors::exceeded;
use crate::metadata;

/// How much earlier than the client's deadline a call is ended at most: in time for tonic's own timer, which
/// would answer CANCELLED, and for the status to arrive. The interceptor `Deadline` is earlier still, so
/// that a chain that has it decides for itself.
const AHEAD: Duration = Duration::from_millis(25);

/// When a call ends at the latest, if its client says so.
#[derive(Clone, Copy, Default)]
pub(super) struct Deadline {
    /// The client's.
    pub(super) client: Option<Instant>,
    /// When the mount ends the call.
    pub(super) limit: Option<Instant>,
}

impl Deadline {
    /// That of a call that arrives now.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(timeout) = metadata::timeout(headers) else { return Self::default() };
        let now = Instant::now();
        Self { client: now.checked_add(timeout), limit: now.checked_add(timeout - AHEAD.min(timeout / 20)) }
    }
}

/// What `call` results in, if it does in time.
pub(crate) async fn within<T>(
    limit: Option<Instant>,
    call: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    let Some(limit) = limit else { return call.await };
    timeout_at(limit.into(), call).await.unwrap_or_else(|_| Err(exceeded()))
}

/// The same for a reply that streams, to its end.
pub(super) async fn limited<S>(
    limit: Option<Instant>,
    call: impl Future<Output = Result<Response<S>, Status>>,
) -> Result<Response<Limited<S>>, Status> {
    let reply = within(limit, call).await?;
    Ok(reply.map(|stream| Limited::new(stream, limit)))
}

/// A stream that ends with `DEADLINE_EXCEEDED` if it has not ended in time.
pub(super) struct Limited<S> {
    /// None: it was ended.
    stream: Option<S>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Limited<S> {
    fn new(stream: S, limit: Option<Instant>) -> Self {
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
