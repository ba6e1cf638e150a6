use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use http::HeaderMap;
use tokio::time::sleep_until;
use tonic::Status;

use crate::interceptors::exceeded;
use crate::metadata;

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

/// Tells the server how much time is left.
pub(super) fn tell(deadline: Option<Instant>, headers: &mut HeaderMap) {
    if let Some(deadline) = deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        headers.insert(metadata::TIMEOUT, metadata::timeout_value(left));
    }
}
