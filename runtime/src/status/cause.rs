use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tonic::Status;

/// The source of the status that the chain makes for a panic or for a dropped call. By its source, interceptors at
/// every level tell that status from others with the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The call panicked.
    Panicked,
    /// The call was dropped before it had ended.
    Interrupted,
}

impl Cause {
    /// Sets this cause as the source of `status`.
    pub(crate) fn on(self, mut status: Status) -> Status {
        status.set_source(Arc::new(self));
        status
    }

    /// Returns the cause of a status, if the chain has made that status.
    #[inline]
    pub(crate) fn of(status: &Status) -> Option<Self> {
        status.source()?.downcast_ref().copied()
    }
}

/// Prints the text for a log that prints the chain of sources.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Panicked => "the call panicked",
            Self::Interrupted => "the call was interrupted",
        })
    }
}

impl Error for Cause {}
