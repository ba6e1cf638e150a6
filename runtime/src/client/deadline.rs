use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use tokio::time::sleep_until;
use tonic::Status;

use crate::call::deadline_exceeded;

/// Returns the result of `call`, or `DEADLINE_EXCEEDED` if the deadline passes first.
pub(super) async fn before_deadline(
    deadline: Option<Instant>,
    call: impl Future<Output = Result<(), Status>>,
) -> Result<(), Status> {
    let Some(deadline) = deadline else { return call.await };
    if deadline <= Instant::now() {
        return Err(deadline_exceeded());
    }
    let mut timer = pin!(sleep_until(deadline.into()));
    let mut call = pin!(call);
    poll_fn(|cx| {
        // The timer comes first, because the channel has one of its own that fires at the same time with CANCELLED.
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(deadline_exceeded()));
        }
        call.as_mut().poll(cx)
    })
    .await
}
