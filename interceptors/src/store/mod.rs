//! What several interceptors need for a store that other processes use as well.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The error of a store. The log has it, and no client. The example of [`LimitStore`](crate::LimitStore) names it.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The fate of a call about which a store does not answer in time. The example of [`LimitStore`](crate::LimitStore) states
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnFailure {
    /// The call goes on, and this process decides about it alone. The limit of a [`RateLimit`](crate::RateLimit) still holds
    /// in each process, so that `n` processes accept up to `n` quotas. `Idempotent` runs the handler, so that `n` processes
    /// may run it `n` times.
    Allow,
    /// The call ends with UNAVAILABLE.
    Refuse,
}

/// Waits for the answer of a store, but no longer than this time.
pub(crate) async fn answer_within<T>(
    timeout: Duration,
    answer: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    tokio::time::timeout(timeout, answer).await.unwrap_or_else(|_| Err(Box::new(NoAnswer(timeout))))
}

/// The number of failures of a store since its last answer, for a log that an outage does not flood.
#[derive(Debug, Default)]
pub(crate) struct Failures(AtomicU64);

impl Failures {
    /// Counts a failure. Returns the number if it is to be logged, which is so at powers of two.
    pub(crate) fn add(&self) -> Option<u64> {
        let failures = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        failures.is_power_of_two().then_some(failures)
    }

    /// Forgets the failures, because the store has answered. Returns their number if there were any.
    pub(crate) fn end(&self) -> Option<u64> {
        if self.0.load(Ordering::Relaxed) == 0 {
            return None;
        }
        Some(self.0.swap(0, Ordering::Relaxed)).filter(|failures| *failures > 0)
    }
}

#[derive(Debug)]
struct NoAnswer(Duration);

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer within {:?}", self.0)
    }
}

impl Error for NoAnswer {}
