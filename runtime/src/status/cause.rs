use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tonic::Status;

/// The source of a status that the chain has made of a panic, or of a call that was given up. It tells that status from
/// others with the same code, however far out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The call panicked.
    Panicked,
    /// Nobody waited for the call any more.
    Interrupted,
}

impl Cause {
    /// Marks a status.
    pub(crate) fn on(self, mut status: Status) -> Status {
        status.set_source(Arc::new(self));
        status
    }

    /// The mark of a status, if it has one.
    #[inline]
    pub(crate) fn of(status: &Status) -> Option<Self> {
        status.source()?.downcast_ref().copied()
    }
}

/// The text for a log that prints the chain of sources.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Panicked => "the call panicked",
            Self::Interrupted => "the call was interrupted",
        })
    }
}

impl Error for Cause {}
