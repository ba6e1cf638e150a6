use std::collections::hash_map::RandomState;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tonic::{Code, Status};
use tracing::Level;

use super::log_level::{event_at, log_level};
use crate::MethodInfo;
use crate::code::code_name;
use crate::log_text::cut;

/// The source of a status that was built from an error: it holds the error, and what the client does not see.
///
/// What the client does not see is logged once: by the chain, which knows the method, or else when the status is
/// dropped.
pub(super) struct StatusSource {
    code: Code,
    withheld: Withheld,
    error: Retained,
    /// The text of the error, if it will be logged. Like `sources`, it is printed once and early, so that a panic of
    /// `Display` is a panic of the handler.
    text: String,
    /// The texts of the error's sources, if they will be logged.
    sources: String,
    /// The id that the client receives: the id in a fixed text, or the one in `RequestInfo`.
    pub(super) id: Option<String>,
    /// The limit of the header block, in bytes.
    pub(super) max_size: usize,
    is_logged: AtomicBool,
}

/// An error, for the log and for interceptors.
#[derive(Clone, Debug)]
pub enum Retained {
    Error(Arc<dyn Error + Send + Sync>),
    /// The text of the error, and the texts of its sources, each after `": "`.
    Texts {
        text: String,
        sources: String,
        /// The first status among the sources.
        status: Option<Status>,
    },
    Nothing,
}

impl Retained {
    /// Returns the source of the first status among the sources of the error.
    fn inner(&self) -> Option<&StatusSource> {
        match self {
            Self::Error(error) => StatusSource::among(error.source()).next(),
            Self::Texts { status, .. } => status.as_ref().and_then(StatusSource::of),
            Self::Nothing => None,
        }
    }
}

/// The part of an error that the client does not see.
pub(super) enum Withheld {
    /// There is no such part, or the author does not want it to be logged.
    Nothing,
    /// The client receives a message, but not the sources of the error, or another text than the error prints.
    Part,
    /// The client receives a fixed text instead of the error's text.
    Text,
    /// The status before it was truncated, and a description of the details that were left out.
    TooLarge { full: Status, left_out: String },
}

impl StatusSource {
    /// Creates the source of a status. `text` and `sources` are what the log says of the error.
    pub(super) fn new(
        code: Code,
        withheld: Withheld,
        (text, sources): (String, String),
        error: Retained,
        max_size: usize,
    ) -> Self {
        let is_logged = matches!(withheld, Withheld::Nothing);
        if !is_logged && let Some(inner) = error.inner().filter(|inner| inner.unlogged_texts().is_some()) {
            // `sources` contains its texts.
            inner.set_logged();
        }
        let is_logged = AtomicBool::new(is_logged);
        Self { code, withheld, error, text, sources, id: None, max_size, is_logged }
    }

    /// Sets the id by which an operator finds the error in the log.
    pub(super) fn with_id(mut self, id: Option<String>) -> Self {
        self.id = id;
        self
    }

    /// Iterates over the values of this type among `source` and its sources, the outermost first.
    fn among<'a>(source: Option<&'a (dyn Error + 'static)>) -> impl Iterator<Item = &'a Self> {
        std::iter::successors(source, |&error| error.source()).filter_map(|error| error.downcast_ref())
    }

    fn iter(status: &Status) -> impl Iterator<Item = &Self> {
        Self::among(status.source())
    }

    pub(super) fn of(status: &Status) -> Option<&Self> {
        Self::iter(status).next()
    }

    /// Returns the status as it was before it was truncated, or `None` if it was not truncated.
    pub(super) fn full_status(&self) -> Option<&Status> {
        match &self.withheld {
            Withheld::TooLarge { full, .. } => Some(full),
            Withheld::Nothing | Withheld::Part | Withheld::Text => None,
        }
    }

    /// Returns the text and the texts of the sources, unless the log has them already or they are logged with more.
    pub(super) fn unlogged_texts(&self) -> Option<(&str, &str)> {
        let is_whole = !matches!(self.withheld, Withheld::TooLarge { .. });
        (is_whole && !self.is_logged.load(Ordering::Relaxed)).then_some((&self.text, &self.sources))
    }

    /// Prevents a log line, because another status will log the same.
    pub(super) fn set_logged(&self) {
        self.is_logged.store(true, Ordering::Relaxed);
    }

    fn log(&self, method: Option<&MethodInfo>) {
        if self.is_logged.swap(true, Ordering::Relaxed) {
            return;
        }
        let (method, code) = (method.map(MethodInfo::logged_path), code_name(self.code));
        let method = method.as_deref();
        let id = self.id.as_deref();
        // Texts are recorded as `&str`, which escapes them: a client may have written a part of them.
        // Each is cut for itself, so that a long text does not push out its sources.
        let error = &*format!("{}{}", cut(&self.text), cut(&self.sources));
        let level = log_level(self.code);
        match &self.withheld {
            Withheld::Nothing => {}
            Withheld::Part => {
                event_at!(level, method, code, id, error, "not sent to the client in full");
            }
            Withheld::Text => event_at!(level, method, code, id, error, "kept from the client"),
            Withheld::TooLarge { left_out, .. } => {
                // A status of this size is a mistake, whatever its code is.
                let level = level.min(Level::WARN);
                event_at!(level, method, code, id, error, left_out, "too large for the client");
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
/// It returns `None` if the status was not built from an `E`. An error whose type has lifetimes, or is not
/// `Send + Sync`, is not kept in the status.
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
        Retained::Texts { .. } | Retained::Nothing => None,
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

/// Prints the text of the error, for a log that prints the chain of sources.
impl fmt::Display for StatusSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.withheld, &self.error) {
            (Withheld::Nothing, Retained::Error(error)) => error.fmt(f),
            _ => f.write_str(&self.text),
        }
    }
}

/// Has the sources of the error, because it prints the text of the error.
impl Error for StatusSource {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.error {
            Retained::Error(error) => error.source(),
            Retained::Texts { .. } | Retained::Nothing => None,
        }
    }
}
