//! The log of sources that are attached to statuses.

use std::error::Error as _;
use std::sync::{Mutex, PoisonError};

use tonic::Status;

use super::Call;
use crate::status;

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

impl Call {
    /// Makes this the call of a client.
    pub(crate) fn set_client(&mut self) {
        self.source_log = SourceLog::Client;
    }

    /// Logs the sources that are attached to `status`, unless they were logged already.
    ///
    /// A call that is interrupted logs none: they say how the connection was lost.
    #[cold]
    pub(crate) fn log_attached_sources(&self, status: &Status) {
        let SourceLog::Server(last) = &self.source_log else { return };
        if status.source().is_none() || self.is_interrupted() {
            return;
        }
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if status::log_attached_sources(self.method(), status, last.as_ref()) {
            *last = Some(status.clone());
        }
    }
}
