use std::collections::hash_map::RandomState;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use tonic::{Code, Status};

use super::code_name;
use super::keep::Kept;
use crate::MethodInfo;

/// The source of a status that does not say all: what it keeps from the client, for the log.
///
/// It is logged once: by the chain, which knows the method, or else when the status is gone.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) code: Code,
    pub(super) why: Why,
    /// What the error prints.
    pub(super) text: String,
    pub(super) error: Kept,
    /// What the header block may have, in bytes.
    pub(super) max_size: usize,
    pub(super) is_logged: AtomicBool,
}

#[derive(Debug)]
pub(super) enum Why {
    /// The client has a fixed text and this id.
    Redacted(String),
    /// It was too large.
    Cut,
    /// It keeps nothing back, and may be larger or smaller than others.
    Large,
}

/// Tells one error from another in a log: 8 hexadecimal digits.
pub(super) fn new_id() -> String {
    // Seeded anew each time, and not a secret.
    format!("{:08x}", RandomState::new().build_hasher().finish() >> 32)
}

/// Logs what `status` keeps from the client, unless that was done already.
#[cold]
pub(crate) fn log(method: &MethodInfo, status: &Status) {
    if let Some(report) = Report::of(status) {
        report.log(Some(method));
    }
}

impl Report {
    pub(super) fn of(status: &Status) -> Option<&Self> {
        status.source().and_then(|source| source.downcast_ref())
    }

    fn log(&self, method: Option<&MethodInfo>) {
        if matches!(self.why, Why::Large) || self.is_logged.swap(true, Ordering::Relaxed) {
            return;
        }
        let (method, code) = (method.map(MethodInfo::path), code_name(self.code));
        // As text, which is escaped: a client may have a part in it.
        let error = &*format!("{}{}", self.text, self.error);
        match &self.why {
            Why::Redacted(id) => {
                tracing::error!(target: "vestibule", method, code, id, error, "kept from the client");
            }
            Why::Large => unreachable!("there is nothing to log"),
            Why::Cut => {
                tracing::warn!(target: "vestibule", method, code, error, "too large for the client");
            }
        }
    }
}

/// A status that a client reads outside a chain, or that an interceptor has replaced, has a log line too.
impl Drop for Report {
    fn drop(&mut self) {
        self.log(None);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What interceptors find: the text, and behind it the error itself if it was kept.
impl Error for Report {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.error {
            Kept::Error(error) => Some(&**error),
            Kept::Sources(_) | Kept::Nothing => None,
        }
    }
}
