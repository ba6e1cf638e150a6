use std::time::Duration;

use tonic::Code;

use super::throttle::Throttle;

/// The settings of a `Retry`, and the token bucket that its clones share.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) max_attempts: u32,
    pub(super) codes: Vec<Code>,
    pub(super) initial_backoff: Duration,
    pub(super) max_backoff: Duration,
    pub(super) multiplier: f64,
    pub(super) max_message_size: usize,
    pub(super) throttle: Throttle,
}
