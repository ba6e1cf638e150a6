//! The limit of calls in flight.

use std::time::Duration;

use tokio::sync::Semaphore;
use vestibule::{Rest, Status, interceptor};

use crate::error::CalcError;

/// A slot is soon free again, because an addition takes no time.
const RETRY_IN: Duration = Duration::from_millis(100);

/// Accepts a call if a slot is free, and holds the slot until the call has ended, however it ends.
///
/// Without a free slot it rejects the call at once, because a client that waits in a queue asks again.
#[interceptor(phase = Limit)]
pub async fn in_flight(slots: &Semaphore, rest: impl Rest) -> Result<(), Status> {
    let _slot = slots.try_acquire().map_err(|_| CalcError::Overloaded { retry_in: RETRY_IN })?;
    rest.await
}
