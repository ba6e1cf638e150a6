//! The options of `Idempotent`.

use std::time::Duration;

/// The time for which a call is kept in a store after its handler must have ended. Meanwhile its end can be written.
const TIME_TO_WRITE: Duration = Duration::from_secs(10);

/// The options. A call keeps a copy of them while it runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) run_for: Duration,
    pub(super) retry_after: Duration,
    pub(super) store_timeout: Duration,
}

impl Settings {
    /// Returns the time for which a call that runs is kept in a store.
    pub(super) fn lease(&self) -> Duration {
        self.run_for.saturating_add(TIME_TO_WRITE)
    }
}

/// The bounds of what is remembered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) calls: usize,
    pub(super) bytes: usize,
    pub(super) keep_for: Duration,
    /// True if a store has the responses as well, so that one without room here is forgotten here.
    pub(super) has_store: bool,
}
