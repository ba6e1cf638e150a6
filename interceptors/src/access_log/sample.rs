use std::sync::atomic::{AtomicU64, Ordering};

/// Chooses one of every `n` calls that succeed, for [`AccessLog::sample_successes`](super::AccessLog::sample_successes).
///
/// The first call is chosen, and then every `n`-th one. Nothing is random, so a test knows which calls have a line. Keep
/// it in a `static`, because it counts the calls:
///
/// ```
/// use vestibule_interceptors::{AccessLog, Sample};
///
/// static SUCCESSES: Sample = Sample::one_in(100);
///
/// let layer = vestibule::layer((AccessLog::server().sample_successes(&SUCCESSES),));
/// ```
#[derive(Debug)]
pub struct Sample {
    one_in: u64,
    calls: AtomicU64,
}

impl Sample {
    /// Chooses one of every `n` calls. The example of [`Sample`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if `n` is zero. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn one_in(n: u64) -> Self {
        assert!(n > 0, "one call in zero cannot be chosen");
        Self { one_in: n, calls: AtomicU64::new(0) }
    }

    pub(super) fn chooses(&self) -> bool {
        self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(self.one_in)
    }
}
