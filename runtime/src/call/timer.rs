//! Ends calls and response streams at their deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_core::Stream;
use tokio::time::{Sleep, sleep_until};
use tonic::{Response, Status};

use super::deadline::deadline_exceeded;

/// Ends `call` with `DEADLINE_EXCEEDED` if it has not ended by `limit`.
// This is not an `async fn`, because its future would have room for a timer even without a deadline.
pub(crate) fn timeout_at<F>(limit: Option<Instant>, call: F) -> Timeout<F> {
    Timeout { call, timer: Timer::at(limit) }
}

/// Ends a call that responds with a stream by `limit`: first the call, then the stream.
pub(crate) async fn timeout_stream_at<S>(
    limit: Option<Instant>,
    call: impl Future<Output = Result<Response<S>, Status>> + Unpin,
) -> Result<Response<TimeoutStream<S>>, Status> {
    let mut call = timeout_at(limit, call);
    let response = (&mut call).await?;
    Ok(response.map(|stream| TimeoutStream { stream: Some(stream), timer: call.timer }))
}

/// The future that [`timeout_at`] returns.
pub(crate) struct Timeout<F> {
    call: F,
    timer: Timer,
}

impl<T, F: Future<Output = Result<T, Status>> + Unpin> Future for Timeout<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match Pin::new(&mut self.call).poll(cx) {
            Poll::Pending => self.timer.poll(cx).map(Err),
            ready @ Poll::Ready(_) => ready,
        }
    }
}

/// The stream of the response that [`timeout_stream_at`] returns.
pub(crate) struct TimeoutStream<S> {
    /// `None` after the deadline has passed.
    stream: Option<S>,
    timer: Timer,
}

impl<T, S: Stream<Item = Result<T, Status>> + Unpin> Stream for TimeoutStream<S> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { stream: Some(stream), timer } = &mut *self else { return Poll::Ready(None) };
        // The timer goes first. Otherwise a stream that always has a message would never end.
        if let Poll::Ready(status) = timer.poll(cx) {
            self.stream = None;
            return Poll::Ready(Some(Err(status)));
        }
        Pin::new(stream).poll_next(cx)
    }
}

/// A timer that is ready with `DEADLINE_EXCEEDED` at the deadline. Without a deadline it is always pending.
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    fn at(limit: Option<Instant>) -> Self {
        Self(limit.map(|limit| Box::pin(sleep_until(limit.into()))))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        let Some(sleep) = &mut self.0 else { return Poll::Pending };
        // The clock decides first, for two reasons. Another timer, such as tonic's, may wake this task before ours does.
        // And tokio's timer is pending when the task has used up its cooperative budget, as a busy call does.
        if sleep.deadline() <= tokio::time::Instant::now() {
            return Poll::Ready(deadline_exceeded());
        }
        sleep.as_mut().poll(cx).map(|()| deadline_exceeded())
    }
}
