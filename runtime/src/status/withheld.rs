use std::collections::hash_map::RandomState;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use tonic::{Code, Status};

use super::code_name::code_name;
use super::retained::Retained;
use crate::MethodInfo;

/// The source of a status that was an error of ours: the error, and what of it the client does not see.
///
/// That is logged once: by the chain, which knows the method, or else when the status is gone.
pub(super) struct StatusSource {
    code: Code,
    withheld: Withheld,
    error: Retained,
    /// What the sources of the error print, if that will be logged. It is asked for once and early, where a
    /// panic of theirs is a panic of the handler.
    sources: String,
    /// What the header block may have, in bytes.
    pub(super) max_size: usize,
    is_logged: AtomicBool,
}

/// What the client does not see.
pub(super) enum Withheld {
    Nothing,
    /// What the error prints: the client has a fixed text and this id.
    Text {
        text: String,
        id: String,
    },
    /// What did not fit: the status as it was, and the details that are gone.
    TooLarge {
        whole: Status,
        left_out: String,
    },
}

impl StatusSource {
    pub(super) fn new(code: Code, withheld: Withheld, error: Retained, max_size: usize) -> Self {
        let sources = match withheld {
            Withheld::Nothing => String::new(),
            Withheld::Text { .. } | Withheld::TooLarge { .. } => error.to_string(),
        };
        Self { code, withheld, error, sources, max_size, is_logged: AtomicBool::new(false) }
    }

    /// All that a status was made of, the last one first.
    fn all(status: &Status) -> impl Iterator<Item = &Self> {
        std::iter::successors(status.source(), |&error| error.source())
            .filter_map(|error| error.downcast_ref())
    }

    pub(super) fn of(status: &Status) -> Option<&Self> {
        Self::all(status).next()
    }

    /// The status as it was before it was cut, if it was.
    pub(super) fn whole(&self) -> Option<&Status> {
        match &self.withheld {
            Withheld::TooLarge { whole, .. } => Some(whole),
            Withheld::Nothing | Withheld::Text { .. } => None,
        }
    }

    /// Another one has what this would log.
    pub(super) fn set_logged(&self) {
        self.is_logged.store(true, Ordering::Relaxed);
    }

    fn log(&self, method: Option<&MethodInfo>) {
        if self.is_logged.swap(true, Ordering::Relaxed) {
            return;
        }
        let (method, code) = (method.map(MethodInfo::path), code_name(self.code));
        // Texts are recorded as such, which escapes them: a client may have a part in it.
        match &self.withheld {
            Withheld::Nothing => {}
            Withheld::Text { text, id } => {
                let error = &*format!("{text}{}", self.sources);
                tracing::error!(target: "vestibule", method, code, id, error, "kept from the client");
            }
            Withheld::TooLarge { whole, left_out } => {
                let error = &*format!("{}{}", whole.message(), self.sources);
                tracing::warn!(target: "vestibule", method, code, error, left_out, "too large for the client");
            }
        }
    }
}

/// Logs what `status` keeps from the client, unless that was done already.
#[cold]
pub(crate) fn log(method: &MethodInfo, status: &Status) {
    StatusSource::all(status).for_each(|report| report.log(Some(method)));
}

/// The error that a status was made of by [`#[grpc_error]`](macro@crate::grpc_error), with what the client does
/// not see of it: for a log or a metric in an interceptor.
///
/// None if it was no such error, or not one of this type. Errors with lifetimes or type parameters are
/// not kept.
///
/// ```
/// use vestibule::{Status, domain_error, grpc_error};
///
/// #[grpc_error]
/// #[derive(Debug, thiserror::Error)]
/// #[error("can't reach the storage")]
/// #[status(Unavailable)]
/// struct StorageError(#[from] std::io::Error);
///
/// let status = Status::from(StorageError(std::io::Error::other("cable cut")));
/// let error: &StorageError = domain_error(&status).unwrap();
/// assert_eq!(error.0.to_string(), "cable cut");
/// ```
#[must_use]
pub fn domain_error<E: Error + 'static>(status: &Status) -> Option<&E> {
    StatusSource::all(status).find_map(|report| match &report.error {
        Retained::Error(error) => error.downcast_ref(),
        Retained::Sources(_) | Retained::Nothing => None,
    })
}

/// Tells one error from another in a log: 8 hexadecimal digits.
pub(super) fn new_id() -> String {
    // Seeded anew each time, and not a secret.
    format!("{:08x}", RandomState::new().build_hasher().finish() >> 32)
}

/// A status that a client reads outside a chain, or that an interceptor has replaced, has a log line too.
impl Drop for StatusSource {
    fn drop(&mut self) {
        self.log(None);
    }
}

/// tonic prints the sources of a status along with it, and what is printed may be sent.
impl fmt::Debug for StatusSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// For those who print the chain of sources.
impl fmt::Display for StatusSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.withheld, &self.error) {
            (Withheld::Text { text, .. }, _) => f.write_str(text),
            (Withheld::TooLarge { whole, .. }, _) => f.write_str(whole.message()),
            (Withheld::Nothing, Retained::Error(error)) => error.fmt(f),
            (Withheld::Nothing, _) => Ok(()),
        }
    }
}

/// It prints what the error prints, and so has the sources of the error.
impl Error for StatusSource {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.error {
            Retained::Error(error) => error.source(),
            Retained::Sources(_) | Retained::Nothing => None,
        }
    }
}
