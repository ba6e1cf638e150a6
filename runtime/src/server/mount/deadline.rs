//! Ends a call before its client's deadline, and before tonic's own timer.

use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::metadata;

/// The longest time by which the mount is ahead of the client's deadline. Within it, the status reaches the client,
/// and tonic's own timer, which would end the call with CANCELLED, does not fire. The interceptor `Deadline` is
/// ahead by up to 50 milliseconds, so that a chain that has one decides first.
const MAX_AHEAD: Duration = Duration::from_millis(25);

/// The shortest such time, because tokio's timers have a resolution of one millisecond.
const MIN_AHEAD: Duration = Duration::from_millis(1);

/// The deadline of a call in a mount.
#[derive(Clone, Copy, Default)]
pub(super) struct MountDeadline {
    /// The deadline of the client.
    pub(super) client: Option<Instant>,
    /// The time at which the mount ends the call.
    pub(super) mount: Option<Instant>,
}

impl MountDeadline {
    /// Returns the deadline of a call that arrives now with these headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(timeout) = metadata::timeout(headers) else { return Self::default() };
        let now = Instant::now();
        let ahead = (timeout / 20).clamp(MIN_AHEAD, MAX_AHEAD);
        Self { client: now.checked_add(timeout), mount: now.checked_add(timeout.saturating_sub(ahead)) }
    }
}
