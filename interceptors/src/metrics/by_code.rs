//! The series of one method: one for each code.

use std::fmt;
use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use vestibule::Code;

use super::bound::{BoundHistogram, bind_histogram};

/// The number of codes. They are numbered from OK on.
const CODES: usize = 17;

/// A histogram of one method, bound to the attributes of each code.
///
/// A series is bound when its first call ends. Most codes never occur, and an SDK would export an empty point for each of
/// them.
pub(super) struct ByCode<T> {
    histogram: Histogram<T>,
    attributes: Box<dyn Fn(Code) -> Vec<KeyValue> + Send + Sync>,
    bound: [OnceLock<BoundHistogram<T>>; CODES],
}

impl<T: Copy> ByCode<T> {
    pub(super) fn new(
        histogram: &Histogram<T>,
        attributes: impl Fn(Code) -> Vec<KeyValue> + Send + Sync + 'static,
    ) -> Self {
        let bound = [const { OnceLock::new() }; CODES];
        Self { histogram: histogram.clone(), attributes: Box::new(attributes), bound }
    }

    #[inline]
    pub(super) fn record(&self, code: Code, value: T) {
        // A code of tonic's is one of the seventeen.
        let Some(bound) = self.bound.get(code as usize) else { return };
        bound.get_or_init(|| bind_histogram(&self.histogram, &(self.attributes)(code))).record(value);
    }
}

impl<T> fmt::Debug for ByCode<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByCode").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_series() {
        assert_eq!(Code::Unauthenticated as usize + 1, CODES);
    }
}
