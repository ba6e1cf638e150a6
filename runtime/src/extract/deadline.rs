use std::time::{Duration, Instant};

use tonic::Status;

use crate::{Call, FromCall};

/// The deadline of the call, if it has one: see [`Call::deadline`]. `Option<CallDeadline>` is `None` if it has none.
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
    /// Returns the deadline on this machine's monotonic clock, or `None` if the call has no deadline.
    ///
    /// ```
    /// use std::time::Instant;
    /// use vestibule::extract::CallDeadline;
    ///
    /// let now = Instant::now();
    /// assert_eq!(CallDeadline::from(now).instant(), Some(now));
    /// ```
    #[must_use]
    pub fn instant(&self) -> Option<Instant> {
        self.0
    }

    /// Returns the time until the deadline, or `None` if the call has no deadline.
    ///
    /// It is zero once the deadline has passed.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use vestibule::extract::CallDeadline;
    ///
    /// let passed = CallDeadline::from(Instant::now());
    /// assert_eq!(passed.remaining(), Some(Duration::ZERO));
    /// ```
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.0.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// Makes a deadline without a call, for tests of a function that takes one.
impl From<Instant> for CallDeadline {
    fn from(deadline: Instant) -> Self {
        Self(Some(deadline))
    }
}

impl FromCall<'_> for CallDeadline {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(Self(call.deadline()))
    }

    /// Returns `None` if the call has no deadline.
    fn optional_from_call(call: &Call) -> Result<Option<Self>, Status> {
        Ok(call.deadline().map(Self::from))
    }
}
