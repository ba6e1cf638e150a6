use std::time::{Duration, Instant};

use tonic::Status;

use crate::{Call, FromCall};

/// When the client stops waiting, if it said so: see [`Call::deadline`].
///
/// ```
/// use vestibule::extract::CallDeadline;
///
/// fn worth_starting(deadline: CallDeadline) -> bool {
///     deadline.remaining().is_none_or(|left| left.as_millis() > 50)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallDeadline(Option<Instant>);

impl CallDeadline {
    /// The deadline, in the server's monotonic time.
    #[must_use]
    pub fn instant(&self) -> Option<Instant> {
        self.0
    }

    /// The time left, zero once the deadline has passed; `None` if the client waits for ever, or
    /// as long as it did not say in gRPC's form.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.0.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// One that did not come with a call.
impl From<Instant> for CallDeadline {
    fn from(deadline: Instant) -> Self {
        Self(Some(deadline))
    }
}

impl FromCall<'_> for CallDeadline {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(Self(call.deadline()))
    }
}
