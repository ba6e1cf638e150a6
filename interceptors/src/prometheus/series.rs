//! The series of one method.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use vestibule::{Code, Shape};

use super::histogram::Histogram;
use super::names::{CODES, Labels};

/// The numbers of one method. A call changes them directly, and nothing is looked up by label.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Labels,
    /// True if the method is unary. Its messages are counted when the call ends.
    pub(super) is_unary: bool,
    started: AtomicU64,
    /// The number of unary calls that ended with OK after one message each way. Most calls are like that, and one number
    /// for three counters saves them two writes to memory that all threads share.
    completed: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    retries: AtomicU64,
    /// The number of calls that ended with each code.
    handled: [AtomicU64; CODES],
    handling: Histogram,
    bounds: Box<[f64]>,
}

impl Series {
    /// Makes the series of a method with this shape, which are all zero. The shape of other methods is not known.
    pub(super) fn new(labels: Labels, shape: Option<Shape>, bounds: &[f64]) -> Self {
        Self {
            labels,
            is_unary: shape == Some(Shape::Unary),
            started: AtomicU64::new(0),
            completed: AtomicU64::new(0),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            handled: std::array::from_fn(|_| AtomicU64::new(0)),
            handling: Histogram::new(bounds.len()),
            bounds: bounds.into(),
        }
    }

    #[inline]
    pub(super) fn start(&self) {
        self.started.fetch_add(1, Relaxed);
    }

    #[inline]
    pub(super) fn receive(&self, messages: u64) {
        self.received.fetch_add(messages, Relaxed);
    }

    #[inline]
    pub(super) fn send(&self, messages: u64) {
        self.sent.fetch_add(messages, Relaxed);
    }

    pub(super) fn retry(&self, retries: u32) {
        self.retries.fetch_add(retries.into(), Relaxed);
    }

    #[inline]
    pub(super) fn handle(&self, code: Code, duration: Duration) {
        self.handling.observe(&self.bounds, duration);
        self.handled[code as usize].fetch_add(1, Relaxed);
    }

    /// Counts the end of a unary call with OK and one message each way.
    #[inline]
    pub(super) fn complete(&self, duration: Duration) {
        self.handling.observe(&self.bounds, duration);
        self.completed.fetch_add(1, Relaxed);
    }

    fn completed(&self) -> u64 {
        self.completed.load(Relaxed)
    }

    pub(super) fn started(&self) -> u64 {
        self.started.load(Relaxed)
    }

    pub(super) fn received(&self) -> u64 {
        self.received.load(Relaxed) + self.completed()
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Relaxed) + self.completed()
    }

    pub(super) fn retries(&self) -> u64 {
        self.retries.load(Relaxed)
    }

    /// Returns the number of calls that ended with the code of this number.
    pub(super) fn handled(&self, code: usize) -> u64 {
        let completed = if code == Code::Ok as usize { self.completed() } else { 0 };
        self.handled[code].load(Relaxed) + completed
    }

    /// Returns the number of calls that have started and not ended.
    pub(super) fn in_flight(&self) -> u64 {
        // The ends are read first. A call that starts and ends in between must not make the difference negative.
        let handled: u64 = (0..CODES).map(|code| self.handled(code)).sum();
        self.started().saturating_sub(handled)
    }

    /// Returns the sum in seconds, the count, and the count of each bucket.
    pub(super) fn handling(&self) -> (f64, u64, Vec<(f64, u64)>) {
        self.handling.read(&self.bounds)
    }
}
