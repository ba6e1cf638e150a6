use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use tokio::time::sleep_until;
use tonic::Status;

use crate::call::exceeded;

/// What `call` results in, if it does in time.
pub(super) async fn strictly_within(
    deadline: Option<Instant>,
    call: impl Future<Output = Result<(), Status>>,
) -> Result<(), Status> {
    let Some(deadline) = deadline else { return call.await };
    if deadline <= Instant::now() {
        return Err(exceeded());
    }
    let mut timer = pin!(sleep_until(deadline.into()));
    let mut call = pin!(call);
    poll_fn(|cx| {
        // First: the channel has a timer of its own that goes off at the same time, with CANCELLED.
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(exceeded()));
        }
        call.as_mut().poll(cx)
    })
    .await
}
