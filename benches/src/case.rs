//! Something to be measured.

/// Something to be measured.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The table that the case is a row of, such as `chain`.
    pub group: &'static str,
    /// The implementation that is measured, such as `vestibule`.
    pub subject: &'static str,
    /// The number of interceptors.
    pub count: usize,
    /// The number of messages in each call, where the cost of one message is of interest; otherwise 1.
    pub messages: u64,
    /// Prepares the routine.
    pub start: fn() -> Routine,
}

/// Does what is measured once, each time it is called.
pub type Routine = Box<dyn FnMut()>;

impl Case {
    /// Makes a case in which the whole call is of interest, not a single message.
    #[must_use]
    pub const fn new(
        group: &'static str,
        subject: &'static str,
        count: usize,
        start: fn() -> Routine,
    ) -> Self {
        Self { group, subject, count, messages: 1, start }
    }

    /// Returns a name that no other case has. Another process finds the case by this name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.group, self.subject, self.count)
    }
}
