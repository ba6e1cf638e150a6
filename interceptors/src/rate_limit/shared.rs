use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::quota::Quota;
use crate::store::{BoxError, Failures, OnFailure, answer_within};

/// A place where several processes count the calls of a limit together.
///
/// `RedisLimits` of the feature `redis` and `EnvoyLimits` of the feature `envoy` are such places. A [`RateLimit`](super::RateLimit) uses one with
/// [`shared`](super::RateLimit::shared), and waits for an answer for 50 milliseconds at most.
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::{BoxError, LimitAnswer, LimitKey, LimitStore, OnFailure, Quota, RateLimit};
///
/// /// Refuses one caller.
/// struct Banned(String);
///
/// impl LimitStore for Banned {
///     async fn take(&self, key: &LimitKey<'_>, quota: &Quota) -> Result<LimitAnswer, BoxError> {
///         if key.key == self.0 {
///             return Ok(LimitAnswer::Refused { retry_after: quota.interval() });
///         }
///         Ok(LimitAnswer::Accepted)
///     }
/// }
///
/// let limit = RateLimit::new("calls", Quota::per_second(10)).shared(Banned("eve".to_owned()), OnFailure::Refuse);
/// ```
pub trait LimitStore: Send + Sync + 'static {
    /// Counts a call of this key, or says when it would be accepted. A call that is refused is not counted.
    ///
    /// The future is dropped if it takes too long.
    fn take(
        &self,
        key: &LimitKey<'_>,
        quota: &Quota,
    ) -> impl Future<Output = Result<LimitAnswer, BoxError>> + Send;
}

/// The key of a call in a [`LimitStore`]. The example of the trait reads one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LimitKey<'a> {
    /// The name of the limit.
    pub limit: &'a str,
    /// The path of the method, if each method is counted by itself.
    pub method: Option<&'a str>,
    /// The text by which calls are counted apart. It is empty if all calls are counted together.
    pub key: &'a str,
}

/// The answer of a [`LimitStore`]. The example of the trait returns both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitAnswer {
    /// The call is counted.
    Accepted,
    /// The call is above the limit.
    Refused {
        /// The time after which a call would be accepted.
        retry_after: Duration,
    },
}

/// [`LimitStore`] without a type of its own for each store.
trait AnyStore: Send + Sync {
    fn take<'a>(
        &'a self,
        key: &'a LimitKey<'_>,
        quota: &'a Quota,
    ) -> Pin<Box<dyn Future<Output = Result<LimitAnswer, BoxError>> + Send + 'a>>;
}

impl<S: LimitStore> AnyStore for S {
    fn take<'a>(
        &'a self,
        key: &'a LimitKey<'_>,
        quota: &'a Quota,
    ) -> Pin<Box<dyn Future<Output = Result<LimitAnswer, BoxError>> + Send + 'a>> {
        Box::pin(LimitStore::take(self, key, quota))
    }
}

/// A store, and the count of its failures.
pub(super) struct Shared {
    store: Box<dyn AnyStore>,
    pub(super) on_failure: OnFailure,
    failures: Failures,
}

impl Shared {
    pub(super) fn new(store: impl LimitStore, on_failure: OnFailure) -> Self {
        Self { store: Box::new(store), on_failure, failures: Failures::default() }
    }

    /// Asks the store. Returns `None` if there is no answer in time.
    pub(super) async fn take(
        &self,
        key: &LimitKey<'_>,
        quota: &Quota,
        timeout: Duration,
    ) -> Option<LimitAnswer> {
        let answer = answer_within(timeout, self.store.take(key, quota)).await;
        match &answer {
            Ok(_) => self.log_answer(key.limit),
            Err(error) => self.log_failure(key.limit, &**error),
        }
        answer.ok()
    }

    fn log_failure(&self, limit: &str, error: &(dyn Error + 'static)) {
        if let Some(failures) = self.failures.add() {
            let on_failure = self.on_failure;
            tracing::warn!(target: "vestibule", limit, failures, error, ?on_failure, "a rate limit can't be checked");
        }
    }

    fn log_answer(&self, limit: &str) {
        if let Some(failures) = self.failures.end() {
            tracing::info!(target: "vestibule", limit, failures, "a rate limit is checked again");
        }
    }
}
