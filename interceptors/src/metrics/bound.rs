//! Instruments that are bound to their attributes.
//!
//! Binding is experimental in OpenTelemetry. Without the feature `opentelemetry-bound`, an instrument keeps its attributes
//! ready, and the SDK looks the series up in each call.

use opentelemetry::KeyValue;
#[cfg(feature = "opentelemetry-bound")]
pub(super) use opentelemetry::metrics::{BoundCounter, BoundHistogram};
use opentelemetry::metrics::{Counter, Histogram};

#[cfg(feature = "opentelemetry-bound")]
pub(super) fn bind_histogram<T: Copy>(
    histogram: &Histogram<T>,
    attributes: &[KeyValue],
) -> BoundHistogram<T> {
    histogram.bind(attributes)
}

#[cfg(feature = "opentelemetry-bound")]
pub(super) fn bind_counter(counter: &Counter<u64>, attributes: &[KeyValue]) -> BoundCounter<u64> {
    counter.bind(attributes)
}

#[cfg(not(feature = "opentelemetry-bound"))]
pub(super) use prepared::{BoundCounter, BoundHistogram, bind_counter, bind_histogram};

#[cfg(not(feature = "opentelemetry-bound"))]
mod prepared {
    use super::{Counter, Histogram, KeyValue};

    #[derive(Debug)]
    pub(in super::super) struct BoundHistogram<T>(Histogram<T>, Box<[KeyValue]>);

    impl<T> BoundHistogram<T> {
        pub(in super::super) fn record(&self, value: T) {
            self.0.record(value, &self.1);
        }
    }

    #[derive(Debug)]
    pub(in super::super) struct BoundCounter<T>(Counter<T>, Box<[KeyValue]>);

    impl BoundCounter<u64> {
        pub(in super::super) fn add(&self, value: u64) {
            self.0.add(value, &self.1);
        }
    }

    pub(in super::super) fn bind_histogram<T: Copy>(
        histogram: &Histogram<T>,
        attributes: &[KeyValue],
    ) -> BoundHistogram<T> {
        BoundHistogram(histogram.clone(), attributes.into())
    }

    pub(in super::super) fn bind_counter(
        counter: &Counter<u64>,
        attributes: &[KeyValue],
    ) -> BoundCounter<u64> {
        BoundCounter(counter.clone(), attributes.into())
    }
}
