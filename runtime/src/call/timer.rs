//! Ends calls and streams when their time is over.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_core::Stream;
use tokio::time::{Sleep, sleep_until};
use tonic::{Response, Status};

use super::deadline::exceeded;

/// Ends `call` with `DEADLINE_EXCEEDED` if it has not ended by `limit`.
// Not an `async fn`: most calls have no deadline, and would still be as large as one with a timer.
pub(crate) fn within<F>(limit: Option<Instant>, call: F) -> Within<F> {
    Within { call, timer: Timer::at(limit) }
}

/// Does the same for a response that streams, to its end.
pub(crate) async fn limited<S>(
    limit: Option<Instant>,
    call: impl Future<Output = Result<Response<S>, Status>> + Unpin,
) -> Result<Response<Limited<S>>, Status> {
    let mut opening = within(limit, call);
    let reply = (&mut opening).await?;
    Ok(reply.map(|stream| Limited { stream: Some(stream), timer: opening.timer }))
}

/// A call that ends with `DEADLINE_EXCEEDED` if it has not ended in time.
pub(crate) struct Within<F> {
    call: F,
    timer: Timer,
}

impl<T, F: Future<Output = Result<T, Status>> + Unpin> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match Pin::new(&mut self.call).poll(cx) {
            Poll::Pending => self.timer.poll(cx).map(Err),
            ready @ Poll::Ready(_) => ready,
        }
    }
}

/// A stream that ends with `DEADLINE_EXCEEDED` if it has not ended in time.
pub(crate) struct Limited<S> {
    /// None: it was ended.
    stream: Option<S>,
    timer: Timer,
}

impl<T, S: Stream<Item = Result<T, Status>> + Unpin> Stream for Limited<S> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { stream: Some(stream), timer } = &mut *self else { return Poll::Ready(None) };
        // First: a stream may always have a message.
        if let Poll::Ready(status) = timer.poll(cx) {
            self.stream = None;
            return Poll::Ready(Some(Err(status)));
        }
        Pin::new(stream).poll_next(cx)
    }
}

/// Ready with `DEADLINE_EXCEEDED` when it is time, if ever.
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    fn at(limit: Option<Instant>) -> Self {
        Self(limit.map(|limit| Box::pin(sleep_until(limit.into()))))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        let Some(sleep) = &mut self.0 else { return Poll::Pending };
        // By the clock first: whoever wakes the call after its time, and be it tonic's own timer, finds it ended; and a
        // call that is always busy has used up what tokio lets a task do at a time, the timer's part as well.
        if sleep.deadline() <= tokio::time::Instant::now() {
            return Poll::Ready(exceeded());
        }
        sleep.as_mut().poll(cx).map(|()| exceeded())
    }
}
