use std::time::Duration;

/// The number of calls that a [`RateLimit`](super::RateLimit) accepts: a rate, and a burst.
///
/// ```
/// use std::time::Duration;
/// use vestibule_interceptors::Quota;
///
/// // One call each 100 milliseconds. After a pause, up to 10 calls at once.
/// const HELLOS: Quota = Quota::per_second(10);
/// // The same rate. After a pause, up to 50 calls at once.
/// const REPORTS: Quota = Quota::per_second(10).burst(50);
/// // One call each day.
/// const EXPORTS: Quota = Quota::new(1, Duration::from_secs(24 * 60 * 60));
/// ```
///
/// The calls of a burst come back one by one, at the rate. So there is no window, and no edge of a window at which twice as
/// many calls are accepted at once. In any time `t`, a key has at most `burst + rate · t` calls. For `per_second(10)`, this
/// is 20 calls in the first second of a busy client, and 10 in each further second. The algorithm is GCRA, the generic cell
/// rate algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    calls: u32,
    period: Duration,
    burst: u32,
    /// The nanoseconds after which one more call is accepted, rounded up.
    interval: u64,
}

impl Quota {
    /// Accepts `calls` calls in each `period`, and as many at once. The example of [`Quota`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is zero, or if `period` is zero or longer than 500 years. In a constant, the panic is a compile
    /// error.
    #[must_use]
    pub const fn new(calls: u32, period: Duration) -> Self {
        assert!(calls > 0, "a quota has at least one call");
        assert!(!period.is_zero(), "the period of a quota is not zero");
        assert!(
            period.as_secs() < 500 * 365 * 24 * 60 * 60,
            "the period of a quota is shorter than 500 years"
        );
        let interval = period.as_nanos().div_ceil(calls as u128) as u64;
        Self { calls, period, burst: calls, interval }
    }

    /// Accepts `calls` calls in each second, and as many at once. The example of [`Quota`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is zero. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn per_second(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(1))
    }

    /// Accepts `calls` calls in each minute, and as many at once.
    ///
    /// ```
    /// use vestibule_interceptors::Quota;
    ///
    /// assert_eq!(Quota::per_minute(30).interval().as_secs(), 2);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if `calls` is zero. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn per_minute(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(60))
    }

    /// Sets how many calls are accepted at once after a pause. The rate stays the same. The example of [`Quota`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if `calls` is zero. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn burst(self, calls: u32) -> Self {
        assert!(calls > 0, "a burst has at least one call");
        Self { burst: calls, ..self }
    }

    /// Returns the time after which one more call is accepted. The example of [`per_minute`](Self::per_minute) calls it.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        Duration::from_nanos(self.interval)
    }

    /// Returns the number of calls that are accepted at once after a pause.
    ///
    /// ```
    /// use vestibule_interceptors::Quota;
    ///
    /// assert_eq!(Quota::per_second(10).max_burst(), 10);
    /// ```
    #[must_use]
    pub const fn max_burst(&self) -> u32 {
        self.burst
    }

    /// Returns the nanoseconds by which the calls of a burst may be early, together.
    pub(super) const fn tolerance(&self) -> u64 {
        self.interval.saturating_mul(self.burst as u64 - 1)
    }

    /// Decides about a call at the time `now`, in nanoseconds. `due` is the time at which the next call would be due if
    /// calls came at the rate, without bursts.
    ///
    /// Returns the new due time, or the nanoseconds after which the call would be accepted.
    pub(super) fn take(&self, due: u64, now: u64) -> Result<u64, u64> {
        let early = due.saturating_sub(now);
        match early.checked_sub(self.tolerance()) {
            None | Some(0) => Ok(due.max(now).saturating_add(self.interval)),
            Some(wait) => Err(wait),
        }
    }

    /// Returns the due time of a key that has no call before `until`.
    pub(super) fn due_if_refused_until(&self, until: u64) -> u64 {
        until.saturating_add(self.tolerance())
    }

    /// Returns the quota in words, for the client.
    pub(super) fn describe(&self) -> String {
        let Self { calls, period, burst, .. } = self;
        if burst == calls {
            return format!("at most {calls} in {period:?}");
        }
        format!("at most {calls} in {period:?}, and {burst} at once")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The model is a bucket: it holds `burst` calls, and one is added each interval.
        #[test]
        fn it_accepts_exactly_what_a_bucket_accepts(
            calls in 1_u32..50, period in 1_u64..10_000, burst in 1_u32..50,
            pauses in prop::collection::vec(0_u64..2_000, 1..300),
        ) {
            let quota = Quota::new(calls, Duration::from_nanos(period)).burst(burst);
            let interval = u128::from(quota.interval);
            let full = interval * u128::from(burst);
            let (mut due, mut now, mut bucket) = (0, 0, full);
            for pause in pauses {
                now += pause;
                bucket = full.min(bucket + u128::from(pause));
                match quota.take(due, now) {
                    Ok(next) => {
                        prop_assert!(bucket >= interval);
                        bucket -= interval;
                        due = next;
                    }
                    Err(wait) => {
                        prop_assert!(bucket < interval);
                        prop_assert!(quota.take(due, now + wait).is_ok());
                        prop_assert!(quota.take(due, now + wait - 1).is_err());
                    }
                }
            }
        }

        #[test]
        fn in_no_time_are_there_more_than_the_burst_and_the_rate(
            calls in 1_u32..20, burst in 1_u32..20, pauses in prop::collection::vec(0_u64..300, 1..300),
        ) {
            let quota = Quota::new(calls, Duration::from_nanos(1000)).burst(burst);
            let (mut due, mut now, mut accepted) = (0, 0, vec![]);
            for pause in pauses {
                now += pause;
                if let Ok(next) = quota.take(due, now) {
                    due = next;
                    accepted.push(now);
                }
            }
            for (first, start) in accepted.iter().enumerate() {
                for (last, end) in accepted.iter().enumerate().skip(first) {
                    let most = u64::from(burst) + (end - start) * u64::from(calls) / 1000;
                    prop_assert!((last - first + 1) as u64 <= most);
                }
            }
        }

        #[test]
        fn a_key_that_is_refused_until_a_time_is_accepted_from_then_on(
            burst in 1_u32..50, until in 1_u64..1_000_000,
        ) {
            let quota = Quota::per_second(7).burst(burst);
            let due = quota.due_if_refused_until(until);
            prop_assert_eq!(quota.take(due, until - 1), Err(1));
            prop_assert!(quota.take(due, until).is_ok());
        }
    }

    #[test]
    fn a_rate_that_is_no_whole_number_of_nanoseconds_is_not_exceeded() {
        assert_eq!(Quota::per_second(3).interval(), Duration::from_nanos(333_333_334));
        assert_eq!(Quota::new(u32::MAX, Duration::from_nanos(1)).interval(), Duration::from_nanos(1));
    }

    #[test]
    fn the_longest_quota_does_not_overflow() {
        let quota = Quota::new(1, Duration::from_secs(499 * 365 * 86400)).burst(u32::MAX);
        let due = quota.take(0, u64::MAX - 1).unwrap();
        assert!(quota.take(due, u64::MAX - 1).is_ok());
    }
}
