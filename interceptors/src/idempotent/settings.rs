//! The options of `Idempotent`.

use std::time::Duration;

/// The options. A call keeps a copy of them while it runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) run_for: Duration,
    pub(super) retry_after: Duration,
}

/// The bounds of what is remembered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) calls: usize,
    pub(super) bytes: usize,
    pub(super) keep_for: Duration,
}
