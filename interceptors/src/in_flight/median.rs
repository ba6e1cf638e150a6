//! The median of how long the calls of a method take.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The number of durations from which on the estimate counts.
const ENOUGH: u32 = 32;
/// Each duration moves the estimate by this part of it.
const STEP: u64 = 32;

/// An estimate of the median, which takes two numbers of memory and no lock.
///
/// Each duration above the estimate raises it a little, and each one below lowers it. So it rests where half of the durations are
/// above it. Two calls that end at once may count as one, which does not matter.
#[derive(Debug, Default)]
pub(super) struct Median {
    nanoseconds: AtomicU64,
    count: AtomicU32,
}

impl Median {
    pub(super) fn record(&self, duration: Duration) {
        let duration = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let estimate = self.nanoseconds.load(Relaxed);
        let count = self.count.load(Relaxed);
        let step = (estimate / STEP).max(1);
        let next = match count {
            0 => duration,
            _ if duration > estimate => estimate.saturating_add(step).min(duration),
            _ => estimate.saturating_sub(step).max(duration),
        };
        self.nanoseconds.store(next, Relaxed);
        self.count.store(count.saturating_add(1), Relaxed);
    }

    /// Returns the estimate, or `None` if there were too few durations.
    pub(super) fn get(&self) -> Option<Duration> {
        (self.count.load(Relaxed) >= ENOUGH).then(|| Duration::from_nanos(self.nanoseconds.load(Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(durations: impl IntoIterator<Item = u64>) -> Option<u64> {
        let median = Median::default();
        durations.into_iter().for_each(|millis| median.record(Duration::from_millis(millis)));
        median.get().map(|median| u64::try_from(median.as_millis()).unwrap())
    }

    #[test]
    fn it_is_known_after_some_calls() {
        assert_eq!(after([]), None);
        assert_eq!(after([20; 31]), None);
        assert_eq!(after([20; 32]), Some(20));
    }

    #[test]
    fn half_of_the_calls_take_longer() {
        // A few slow calls move a mean, and not the median.
        let with_outliers = (0..1000).map(|call| if call % 10 == 0 { 60_000 } else { 100 });
        assert!((95..=110).contains(&after(with_outliers).unwrap()));
        let mut random = 1_u64;
        let even = std::iter::repeat_with(|| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % 1000
        });
        assert!((400..=600).contains(&after(even.take(10_000)).unwrap()));
    }

    #[test]
    fn it_follows_a_change() {
        let slower = std::iter::repeat_n(10, 100).chain(std::iter::repeat_n(1000, 200));
        assert_eq!(after(slower), Some(1000));
        let faster = std::iter::repeat_n(1000, 100).chain(std::iter::repeat_n(10, 200));
        assert_eq!(after(faster), Some(10));
    }
}
