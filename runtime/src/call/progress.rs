use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How deep in its chain a call is, and whether it is being ended from outside.
///
/// One task at a time drives a call, and hands it over to the next with more than `Relaxed`.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// How many rests have begun and not ended.
    depth: AtomicU32,
    is_interrupted: AtomicBool,
    has_reply: AtomicBool,
    /// True once it was warned that its metadata is too large.
    is_warned: AtomicBool,
    /// Whether it is running, so that a panic which unwinds is its own.
    is_polling: AtomicBool,
}

impl Progress {
    /// A rest begins: its level, counted from 1.
    #[inline]
    pub(crate) fn enter(&self) -> u32 {
        let level = self.depth.load(Ordering::Relaxed) + 1;
        self.depth.store(level, Ordering::Relaxed);
        level
    }

    /// The rest of this level has ended, and with it all that were further in.
    #[inline]
    pub(crate) fn leave(&self, level: u32) {
        if self.depth.load(Ordering::Relaxed) >= level {
            self.depth.store(level - 1, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn is_innermost(&self, level: u32) -> bool {
        self.depth.load(Ordering::Relaxed) <= level
    }

    #[inline]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.is_interrupted.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn is_interrupted_at(&self, level: u32) -> bool {
        self.is_interrupted() && self.is_innermost(level)
    }

    /// Whether it was running before.
    #[inline]
    pub(crate) fn set_polling(&self, is_polling: bool) -> bool {
        let before = self.is_polling();
        self.is_polling.store(is_polling, Ordering::Relaxed);
        before
    }

    #[inline]
    pub(crate) fn is_polling(&self) -> bool {
        self.is_polling.load(Ordering::Relaxed)
    }

    /// There is a reply, or the beginning of one.
    #[inline]
    pub(crate) fn set_response(&self) {
        self.has_reply.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn has_response(&self) -> bool {
        self.has_reply.load(Ordering::Relaxed)
    }

    /// Returns true the first time, so that a call has one warning.
    pub(crate) fn is_first_warning(&self) -> bool {
        !self.is_warned.swap(true, Ordering::Relaxed)
    }

    /// Runs `resume` while the call counts as interrupted.
    pub(crate) fn interrupt(&self, resume: impl FnOnce()) {
        let outer = self.is_interrupted.swap(true, Ordering::Relaxed);
        resume();
        self.is_interrupted.store(outer, Ordering::Relaxed);
    }
}
