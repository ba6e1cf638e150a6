use std::collections::hash_map::RandomState;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use tonic::{Code, Status};

use super::code_name::code_name;
use super::retained::Retained;
use crate::MethodInfo;

/// The source of a status that was built from an error: it holds the error, and what the client does not see.
///
/// What the client does not see is logged once: by the chain, which knows the method, or else when the status is
/// dropped.
pub(super) struct StatusSource {
    code: Code,
    withheld: Withheld,
    error: Retained,
    /// The texts of the error's sources, if they will be logged. They are printed once and early, so that a panic
    /// of their `Display` is a panic of the handler.
    sources: String,
    /// The limit of the header block, in bytes.
    pub(super) max_size: usize,
    is_logged: AtomicBool,
}

/// The part of an error that the client does not see.
pub(super) enum Withheld {
    Nothing,
    /// The text of the error. The client receives a fixed text and this id instead.
    Text {
        text: String,
        id: String,
    },
    /// The status before it was truncated, and a description of the details that were left out.
    TooLarge {
        full: Status,
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

    /// Iterates over the sources of this type, the outermost first.
    fn iter(status: &Status) -> impl Iterator<Item = &Self> {
        std::iter::successors(status.source(), |&error| error.source())
            .filter_map(|error| error.downcast_ref())
    }

    pub(super) fn of(status: &Status) -> Option<&Self> {
        Self::iter(status).next()
    }

    /// Returns the status as it was before it was truncated, or `None` if it was not truncated.
    pub(super) fn full_status(&self) -> Option<&Status> {
        match &self.withheld {
            Withheld::TooLarge { full, .. } => Some(full),
            Withheld::Nothing | Withheld::Text { .. } => None,
        }
    }

    /// Prevents a log line, because another status will log the same.
    pub(super) fn set_logged(&self) {
        self.is_logged.store(true, Ordering::Relaxed);
    }

    fn log(&self, method: Option<&MethodInfo>) {
        if self.is_logged.swap(true, Ordering::Relaxed) {
            return;
        }
        let (method, code) = (method.map(MethodInfo::path), code_name(self.code));
        // Texts are recorded as `&str`, which escapes them: a client may have written a part of them.
        match &self.withheld {
            Withheld::Nothing => {}
            Withheld::Text { text, id } => {
                let error = &*format!("{text}{}", self.sources);
                tracing::error!(target: "vestibule", method, code, id, error, "kept from the client");
            }
            Withheld::TooLarge { full, left_out } => {
                let error = &*format!("{}{}", full.message(), self.sources);
                tracing::warn!(target: "vestibule", method, code, error, left_out, "too large for the client");
            }
        }
    }
}

/// Logs what the client does not see of `status`, unless it was logged already.
#[cold]
pub(crate) fn log(method: &MethodInfo, status: &Status) {
    StatusSource::iter(status).for_each(|source| source.log(Some(method)));
}

/// Returns the error of type `E` from which [`#[grpc_error]`](macro@crate::grpc_error) built a status.
///
/// Use it in an interceptor that logs or counts errors: the error has the information that the client does not
/// receive.
///
/// It returns `None` if the status was not built from an `E`. Errors whose type has lifetimes or type parameters are
/// not kept in the status.
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
    StatusSource::iter(status).find_map(|source| match &source.error {
        Retained::Error(error) => error.downcast_ref(),
        Retained::Sources(_) | Retained::Nothing => None,
    })
}

/// Returns an id of 8 hexadecimal digits, by which an operator finds an error in the log.
pub(super) fn new_id() -> String {
    // Each `RandomState` has another seed. The id is not a secret.
    format!("{:08x}", RandomState::new().build_hasher().finish() >> 32)
}

/// Logs a status that no chain has logged: one outside of a chain, or one that an interceptor has replaced.
impl Drop for StatusSource {
    fn drop(&mut self) {
        self.log(None);
    }
}

/// Prints no text: tonic's `Debug` of a status prints its source, and an application may send that text to a client.
impl fmt::Debug for StatusSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Prints the text that the client does not see, for a log that prints the chain of sources.
impl fmt::Display for StatusSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.withheld, &self.error) {
            (Withheld::Text { text, .. }, _) => f.write_str(text),
            (Withheld::TooLarge { full, .. }, _) => f.write_str(full.message()),
            (Withheld::Nothing, Retained::Error(error)) => error.fmt(f),
            (Withheld::Nothing, _) => Ok(()),
        }
    }
}

/// Has the sources of the error, because it prints the text of the error.
impl Error for StatusSource {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.error {
            Retained::Error(error) => error.source(),
            Retained::Sources(_) | Retained::Nothing => None,
        }
    }
}
