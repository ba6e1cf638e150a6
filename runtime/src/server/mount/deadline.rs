//! The client's deadline, for a call as a whole.

use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::metadata;

/// How much earlier than the client's deadline a call is ended at most: in time for tonic's own timer, which
/// would answer CANCELLED, and for the status to arrive. The interceptor `MountDeadline` is earlier still, so
/// that a chain that has it decides for itself.
const AHEAD: Duration = Duration::from_millis(25);

/// And at least: timers have no finer grain.
const AT_LEAST: Duration = Duration::from_millis(1);

/// When a call ends at the latest, if its client says so.
#[derive(Clone, Copy, Default)]
pub(super) struct MountDeadline {
    /// The client's.
    pub(super) client: Option<Instant>,
    /// When the mount ends the call.
    pub(super) limit: Option<Instant>,
}

impl MountDeadline {
    /// That of a call that arrives now.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(timeout) = metadata::timeout(headers) else { return Self::default() };
        let now = Instant::now();
        let ahead = (timeout / 20).clamp(AT_LEAST, AHEAD);
        Self { client: now.checked_add(timeout), limit: now.checked_add(timeout.saturating_sub(ahead)) }
    }
}
