use std::time::Duration;

use tonic::metadata::MetadataValue;
use tonic::{Code, Status};
use vestibule::details::{ErrorDetails, StatusExt};

use super::quota::Quota;

/// Returns the status of a call above the limit, with the wait in the three ways that clients read it.
#[cold]
pub(super) fn exceeded(name: &str, quota: &Quota, wait: Duration) -> Status {
    // Clients that wait for the milliseconds of the pushback are not refused again for a fraction of one.
    let milliseconds = wait.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as u32;
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(Duration::from_millis(milliseconds.into())));
    details.add_quota_failure_violation(name, quota.describe());
    let mut status = Status::with_error_details(Code::ResourceExhausted, "rate limit exceeded", details);
    status.metadata_mut().insert("grpc-retry-pushback-ms", MetadataValue::from(milliseconds));
    status
}

/// Returns the status of a call about which the store has not decided.
#[cold]
pub(super) fn undecided() -> Status {
    Status::unavailable("the rate limit can't be checked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule::details::{self, QuotaFailure, RetryInfo};

    fn pushback(wait: Duration) -> (String, Duration) {
        let status = exceeded("hellos", &Quota::per_second(10), wait);
        let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap().to_str().unwrap().to_owned();
        (pushback, details::find::<RetryInfo>(&status).unwrap().retry_delay.unwrap())
    }

    #[test]
    fn the_wait_is_a_whole_number_of_milliseconds_that_fits() {
        for (wait, expected) in [
            (Duration::from_nanos(1), 1),
            (Duration::from_millis(90), 90),
            (Duration::from_nanos(90_000_001), 91),
            (Duration::MAX, i32::MAX as u64),
        ] {
            assert_eq!(pushback(wait), (expected.to_string(), Duration::from_millis(expected)));
        }
    }

    #[test]
    fn it_says_which_limit_and_how_much_it_is() {
        let status = exceeded("hellos", &Quota::per_second(10).burst(2), Duration::from_secs(1));
        assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, "rate limit exceeded"));
        let failure = details::find::<QuotaFailure>(&status).unwrap();
        assert_eq!(failure.violations[0].subject, "hellos");
        assert_eq!(failure.violations[0].description, "at most 10 in 1s, and 2 at once");
    }
}
