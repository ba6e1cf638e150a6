//! A histogram without a lock.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The durations of the calls of one method, in buckets.
///
/// The histogram of prometheus-client takes a lock for each value.
#[derive(Debug)]
pub(super) struct Histogram {
    /// The number of durations up to each bound and above the bound before it. The last one has no bound.
    counts: Box<[AtomicU64]>,
    /// The bits of the sum in seconds, an `f64`.
    sum: AtomicU64,
}

impl Histogram {
    /// Makes an empty histogram with this number of bounds.
    pub(super) fn new(bounds: usize) -> Self {
        Self { counts: (0..=bounds).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    /// Adds a duration. The bounds are in seconds, and are the ones for which this histogram was made.
    #[inline]
    pub(super) fn observe(&self, bounds: &[f64], duration: Duration) {
        let seconds = duration.as_secs_f64();
        // Most calls are short, so that a search from the front is faster than one from the middle.
        let bucket = bounds.iter().position(|bound| seconds <= *bound).unwrap_or(bounds.len());
        self.counts[bucket].fetch_add(1, Relaxed);
        let add = |sum| Some((f64::from_bits(sum) + seconds).to_bits());
        // The closure always returns a value, so there is no failure.
        let _ = self.sum.fetch_update(Relaxed, Relaxed, add);
    }

    /// Returns the sum in seconds, the count, and the count of each bucket.
    pub(super) fn read(&self, bounds: &[f64]) -> (f64, u64, Vec<(f64, u64)>) {
        let bounds = bounds.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<_> = bounds.zip(self.counts.iter().map(|count| count.load(Relaxed))).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        (f64::from_bits(self.sum.load(Relaxed)), count, buckets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let bounds = [0.5, 1.0];
        let histogram = Histogram::new(bounds.len());
        for milliseconds in [0, 500, 750, 1000, 1250, 9000] {
            histogram.observe(&bounds, Duration::from_millis(milliseconds));
        }
        let (sum, count, buckets) = histogram.read(&bounds);
        assert_eq!((sum, count), (12.5, 6));
        assert_eq!(buckets, [(0.5, 2), (1.0, 2), (f64::INFINITY, 2)]);
    }
}
