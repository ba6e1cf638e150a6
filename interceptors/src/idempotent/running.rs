//! A call that runs in a task of its own.

use std::sync::{Arc, Weak};
use std::thread;

use prost::Message;
use tonic::{Response, Status};

use super::answer::Answer;
use super::key::Hash;
use super::memory::Memory;
use super::refusal;
use super::shared::SharedCall;
use super::table::Decision;
use crate::status::deadline_exceeded;
use crate::store::OnFailure;

/// The place of a call in the table and in the store while it runs.
///
/// Its destructor runs if the handler panics, or if its runtime stops.
pub(super) struct Running {
    memory: Memory,
    /// The key in the table, if the table had room for the call, until the call has ended there.
    key: Option<Hash>,
    /// The call in the store, if there is one, until the call has ended there.
    shared: Option<SharedCall>,
    path: String,
    /// The client's call. It is gone if nobody else will report the end of the handler.
    listener: Weak<()>,
    has_handler_begun: bool,
}

impl Running {
    pub(super) fn new(
        memory: Memory,
        key: Option<Hash>,
        shared: Option<SharedCall>,
        path: &str,
        listener: &Arc<()>,
    ) -> Self {
        let (path, listener) = (path.to_owned(), Arc::downgrade(listener));
        Self { memory, key, shared, path, listener, has_handler_begun: false }
    }

    /// Runs the handler to its end, and remembers it before the client learns of it.
    pub(super) async fn run<Res: Message + Default>(
        mut self,
        handler: impl Future<Output = Result<Response<Res>, Status>>,
    ) -> Result<Response<Res>, Status> {
        if let Err(decision) = self.begin_in_store().await {
            self.end_here(None);
            return decision.map_or_else(
                || Err(refusal::undecided()),
                |decision| refusal::result(&decision, &self.memory.settings),
            );
        }
        self.has_handler_begun = true;
        let result = tokio::time::timeout(self.memory.settings.run_for, handler).await;
        let result = result.unwrap_or_else(|_| Err(deadline_exceeded()));
        let answer = Answer::of(&result);
        if let Some(shared) = self.shared.take() {
            shared.end(answer.as_ref()).await;
        }
        self.end_here(answer);
        if let Err(status) = &result {
            self.log_if_alone(&format!("{:?}", status.code()), status.message());
        }
        result
    }

    /// Returns an error if the handler is not to run: the decision of the store, or `None` if it does not answer.
    async fn begin_in_store(&mut self) -> Result<(), Option<Decision>> {
        let Some(shared) = &mut self.shared else { return Ok(()) };
        match shared.begin().await {
            Some(Decision::Run) => Ok(()),
            Some(decision) => {
                self.shared = None;
                Err(Some(decision))
            }
            None if shared.on_failure() == OnFailure::Allow => Ok(()),
            None => {
                // The store may have begun the call all the same.
                if let Some(shared) = self.shared.take() {
                    shared.end_soon(None);
                }
                Err(None)
            }
        }
    }

    fn end_here(&mut self, answer: Option<Answer>) {
        if let Some(key) = self.key.take() {
            self.memory.end(key, answer);
        }
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
        if self.key.is_none() && self.shared.is_none() {
            return;
        }
        // The handler may have done its work, so that it must not run again.
        let answer = || self.has_handler_begun.then(|| Answer::Failure(cut_off()));
        let (here, in_store) = (answer(), answer());
        self.end_here(here);
        if let Some(shared) = self.shared.take() {
            shared.end_soon(in_store);
        }
        if thread::panicking() {
            self.log_if_alone("Internal", "the handler panicked");
        }
    }
}

/// Returns the status of a call whose handler has panicked, or whose runtime has stopped.
pub(super) fn cut_off() -> Status {
    Status::internal("internal error")
}
