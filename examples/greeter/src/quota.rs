//! The quota: each name is greeted once a day.

use std::time::Duration;

use vestibule::details::{self, RetryInfo};
use vestibule::{Call, grpc_error, interceptor};
use vestibule_interceptors::{Quota, RateLimit};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes a quota that no greeting has used yet. Clones share it.
///
/// It keeps a hash of each name of the day. A name may have 4 MB, so the names themselves would fill the memory.
#[must_use]
pub fn quota() -> RateLimit {
    RateLimit::new("names", Quota::new(1, DAY))
}

/// Rejects a name that was greeted less than a day ago. `None` is no quota.
#[interceptor(phase = Limit)]
pub async fn once_a_day(call: &Call, name: &str, quota: Option<&RateLimit>) -> Result<(), QuotaExceeded> {
    let Some(quota) = quota else { return Ok(()) };
    quota.check(call, name).await.map_err(|status| QuotaExceeded {
        name: name.to_owned(),
        retry_after: details::find::<RetryInfo>(&status),
    })
}

/// The error for a name that was greeted less than a day ago.
///
/// The status of [`RateLimit`] would do as well. This one has the greeter's own words.
#[grpc_error(domain = "greeter.example.com")]
#[derive(Clone, Debug, thiserror::Error)]
#[error("Request limit exceeded.")]
#[status(ResourceExhausted, quota_failure(subject = "name:{name}", description = "限制每个name调用一次"))]
pub struct QuotaExceeded {
    /// The name.
    #[status(metadata)]
    pub name: String,
    /// The time after which the name can be greeted again.
    #[status(retry_info)]
    pub retry_after: Option<RetryInfo>,
}
