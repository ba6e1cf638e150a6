//! The log of sources that are attached to statuses.

use std::sync::{Mutex, PoisonError};

use tonic::Status;

use crate::{MethodInfo, status};

/// Logs each source once, however many levels of the chain its status passes.
#[derive(Debug)]
pub(super) enum SourceLog {
    /// The last status whose sources were logged. The same source in a later status is recognized by its address, and
    /// this status keeps the address in use.
    Server(Mutex<Option<Status>>),
    /// A client logs no sources, because its caller receives them.
    Client,
}

impl Default for SourceLog {
    fn default() -> Self {
        Self::Server(Mutex::new(None))
    }
}

impl SourceLog {
    /// Logs the sources that are attached to `status`, unless they were logged already.
    #[cold]
    pub(super) fn log(&self, method: &MethodInfo, status: &Status) {
        let Self::Server(last) = self else { return };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if status::log_attached_sources(method, status, last.as_ref()) {
            *last = Some(status.clone());
        }
    }
}
