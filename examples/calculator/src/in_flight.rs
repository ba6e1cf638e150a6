//! The limit of calls in flight.

use tokio::sync::Semaphore;
use vestibule::{Rest, Status, interceptor};

/// Lets a call in if a slot is free, and keeps the slot until the call has ended, however it ends.
///
/// Without a free slot it answers at once: a client that waits in a queue would only ask again.
#[interceptor]
pub async fn in_flight(slots: &Semaphore, rest: impl Rest) -> Result<(), Status> {
    let _slot = slots.try_acquire().map_err(|_| Status::unavailable("too many calls in flight"))?;
    rest.await
}
