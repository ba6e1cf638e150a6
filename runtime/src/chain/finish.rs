use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use tonic::Status;

use super::BUG;
use super::guarded::panic_text;
use crate::{Hooks, Method, Outcome};

/// Hooks whose `on_finish` runs exactly once: with the result, or else when the call is dropped.
pub struct Finish<M: Method, H: Hooks<M>> {
    hooks: H,
    finished: bool,
    method: PhantomData<M>,
}

impl<M: Method, H: Hooks<M>> Finish<M, H> {
    #[inline]
    pub(crate) fn new(hooks: H) -> Self {
        Self { hooks, finished: false, method: PhantomData }
    }

    /// Tells the hooks how the call ended.
    #[inline]
    pub fn finish(mut self, result: Result<(), Status>) -> Result<(), Status> {
        // First, so that a hook that panics is not told twice.
        self.finished = true;
        let outcome = Outcome::Finished(result);
        self.hooks.on_finish(&outcome);
        match outcome {
            Outcome::Finished(result) => result,
            Outcome::Interrupted => unreachable!("it was made three lines above"),
        }
    }

    #[inline]
    pub(super) fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.hooks.on_request(message)
    }

    #[inline]
    pub(super) fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.hooks.on_response(message)
    }
}

impl<M: Method, H: Hooks<M>> Drop for Finish<M, H> {
    #[inline]
    fn drop(&mut self) {
        if !self.finished {
            interrupted(&mut self.hooks);
        }
    }
}

/// The end of a call that has no result. An interceptor further in that panics has one already:
/// what the client will see.
#[cold]
fn interrupted<M: Method, H: Hooks<M>>(hooks: &mut H) {
    let outcome = if thread::panicking() {
        Outcome::Finished(Err(Status::internal(BUG)))
    } else {
        Outcome::Interrupted
    };
    // A panic that leaves a destructor while another one unwinds aborts the process.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| hooks.on_finish(&outcome))) {
        tracing::error!(target: "vestibule", panic = panic_text(&*panic), "`on_finish` panicked");
    }
}

impl<M: Method, H: Hooks<M>> fmt::Debug for Finish<M, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").field("finished", &self.finished).finish_non_exhaustive()
    }
}
