use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The progress of a call through its chain.
///
/// All accesses are `Relaxed`: only one task at a time polls a call, and the executor synchronizes tasks and threads.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The number of rests that have started and not ended.
    depth: AtomicU32,
    /// True while the call is dropped.
    is_interrupted: AtomicBool,
    has_response: AtomicBool,
    /// True after the warning about metadata that is too large.
    has_warned: AtomicBool,
    /// True while the call is polled. A panic that unwinds then is a panic of this call.
    is_polling: AtomicBool,
}

impl Progress {
    /// Counts a rest that starts, and returns its level. The outermost level is 1.
    #[inline]
    pub(crate) fn enter(&self) -> u32 {
        let level = self.depth.load(Ordering::Relaxed) + 1;
        self.depth.store(level, Ordering::Relaxed);
        level
    }

    /// Ends the rest of this level and all rests inside of it.
    #[inline]
    pub(crate) fn leave(&self, level: u32) {
        if self.depth.load(Ordering::Relaxed) >= level {
            self.depth.store(level - 1, Ordering::Relaxed);
        }
    }

    /// Returns true if no rest inside of this level is running.
    #[inline]
    pub(crate) fn is_innermost(&self, level: u32) -> bool {
        self.depth.load(Ordering::Relaxed) <= level
    }

    /// Returns true if an interceptor wraps the code that is running now. The whole chain is a rest itself, at level 1.
    #[inline]
    pub(crate) fn is_wrapped(&self) -> bool {
        !self.is_innermost(1)
    }

    #[inline]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.is_interrupted.load(Ordering::Relaxed)
    }

    /// Returns true if the call is dropped and this level is the innermost one.
    #[inline]
    pub(crate) fn is_interrupted_at(&self, level: u32) -> bool {
        self.is_interrupted() && self.is_innermost(level)
    }

    /// Sets the flag, and returns its previous value.
    #[inline]
    pub(crate) fn set_polling(&self, is_polling: bool) -> bool {
        let was_polling = self.is_polling();
        self.is_polling.store(is_polling, Ordering::Relaxed);
        was_polling
    }

    #[inline]
    pub(crate) fn is_polling(&self) -> bool {
        self.is_polling.load(Ordering::Relaxed)
    }

    /// Records that the handler has responded.
    #[inline]
    pub(crate) fn set_response(&self) {
        self.has_response.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn has_response(&self) -> bool {
        self.has_response.load(Ordering::Relaxed)
    }

    /// Returns true the first time only, so that a call has one warning.
    pub(crate) fn is_first_warning(&self) -> bool {
        !self.has_warned.swap(true, Ordering::Relaxed)
    }

    /// Runs `resume` while the call is marked as interrupted.
    pub(crate) fn interrupt(&self, resume: impl FnOnce()) {
        let was_interrupted = self.is_interrupted.swap(true, Ordering::Relaxed);
        resume();
        self.is_interrupted.store(was_interrupted, Ordering::Relaxed);
    }
}
