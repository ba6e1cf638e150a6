//! A call that runs in a task of its own.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use prost::Message;
use tokio::time::Instant;
use tonic::{Response, Status};

use super::answer::Answer;
use super::key::Hash;
use super::settings::Settings;
use super::table::Table;
use crate::status::deadline_exceeded;

/// The place of a call in the table while it runs.
///
/// Its destructor runs if the handler panics, or if its runtime stops.
pub(super) struct Running {
    table: Arc<Mutex<Table>>,
    settings: Settings,
    key: Hash,
    path: String,
    /// The client's call. It is gone if nobody else will report the end of the handler.
    listener: Weak<()>,
    has_ended: bool,
}

impl Running {
    pub(super) fn new(
        table: Arc<Mutex<Table>>,
        settings: Settings,
        key: Hash,
        path: &str,
        listener: &Arc<()>,
    ) -> Self {
        let listener = Arc::downgrade(listener);
        Self { table, settings, key, path: path.to_owned(), listener, has_ended: false }
    }

    /// Runs the handler to its end, and remembers it before the client learns of it.
    pub(super) async fn run<Res: Message>(
        mut self,
        handler: impl Future<Output = Result<Response<Res>, Status>>,
    ) -> Result<Response<Res>, Status> {
        let result = tokio::time::timeout(self.settings.run_for, handler).await;
        let result = result.unwrap_or_else(|_| Err(deadline_exceeded()));
        self.end(Answer::of(&result));
        if let Err(status) = &result {
            self.log_if_alone(&format!("{:?}", status.code()), status.message());
        }
        result
    }

    fn end(&mut self, answer: Option<Answer>) {
        self.has_ended = true;
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.end(self.settings.limits, Instant::now(), self.key, answer);
    }

    /// Logs a failure that no chain will log, because the client's call is gone.
    fn log_if_alone(&self, code: &str, error: &str) {
        if self.listener.strong_count() == 0 {
            let method = self.path.as_str();
            tracing::error!(target: "vestibule", method, code, error, "a call failed after its client had gone");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended {
            // The handler may have done its work, so that it must not run again.
            self.end(Some(Answer::Failure(cut_off())));
            if thread::panicking() {
                self.log_if_alone("Internal", "the handler panicked");
            }
        }
    }
}

/// Returns the status of a call whose handler has panicked, or whose runtime has stopped.
pub(super) fn cut_off() -> Status {
    Status::internal("internal error")
}
