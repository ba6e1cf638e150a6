//! The limit of calls in flight.

use std::time::Duration;

use tokio::sync::Semaphore;
use vestibule::{Rest, Status, interceptor};

use crate::error::CalcError;

/// An addition takes no time: soon there is room again.
const RETRY_IN: Duration = Duration::from_millis(100);

/// Lets a call in if a slot is free, and keeps the slot until the call has ended, however it ends.
///
/// Without a free slot it answers at once: a client that waits in a queue would only ask again.
#[interceptor]
pub async fn in_flight(slots: &Semaphore, rest: impl Rest) -> Result<(), Status> {
    let _slot = slots.try_acquire().map_err(|_| CalcError::Overloaded { retry_in: RETRY_IN })?;
    rest.await
}
