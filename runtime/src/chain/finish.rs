use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tonic::Status;

use super::shared::Lent;
use super::{BUG, panic_text, with_code};
use crate::{Call, Hooks, Method, Outcome};

/// Hooks whose `on_finish` runs exactly once: with the result, or else when the call is dropped.
pub(crate) struct Finish<'a, M: Method, H: Hooks<M>> {
    call: &'a Call,
    place: Place<M, H>,
}

/// `Finish` without its type, which would stand in the errors about hooks that do not fit.
pub trait Finishing<M: Method>: Send {
    /// What is told of the end.
    type Hooks: Hooks<M> + 'static;

    /// Tells the hooks how the call ended.
    fn finish(self, result: Result<(), Status>) -> Result<(), Status>;

    /// The hooks, as long as they are here: the message of a call that has only one.
    fn here(&mut self) -> Option<&mut Self::Hooks>;

    /// Gives the hooks away, to be shared.
    ///
    /// # Panics
    ///
    /// The second time.
    fn take(&mut self) -> Self::Hooks;

    /// Where the hooks are now.
    fn lend(&mut self, shared: Arc<dyn Lent<M>>, index: usize);
}

/// Where the hooks are.
enum Place<M: Method, H> {
    Here(H),
    /// Shared with the inbound stream, together with those of the other interceptors: the one at
    /// this index.
    Lent(Arc<dyn Lent<M>>, usize),
    /// They have been told of the end.
    Gone,
}

impl<'a, M: Method, H: Hooks<M>> Finish<'a, M, H> {
    #[inline]
    pub(crate) fn new(call: &'a Call, hooks: H) -> Self {
        Self { call, place: Place::Here(hooks) }
    }

    #[inline]
    fn tell(&mut self, outcome: &Outcome) {
        // Gone first, so that a hook that panics is not told twice.
        match std::mem::replace(&mut self.place, Place::Gone) {
            Place::Here(mut hooks) => hooks.on_finish(outcome),
            Place::Lent(shared, index) => shared.on_finish(index, outcome),
            Place::Gone => {}
        }
    }

    /// The end of a call that has no result. While a panic of its own unwinds it has one: what the
    /// client will see.
    #[cold]
    fn drop_unfinished(&mut self) {
        let outcome = if thread::panicking() && self.call.progress().is_polling() {
            Outcome::Finished(Err(Status::internal(BUG)))
        } else {
            Outcome::Interrupted
        };
        // A panic that leaves a destructor while another one unwinds aborts the process.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.tell(&outcome))) {
            let (method, panic) = (self.call.method().path(), panic_text(&*panic));
            tracing::error!(target: "vestibule", method, panic, "`on_finish` panicked");
        }
    }
}

impl<M: Method, H: Hooks<M> + 'static> Finishing<M> for Finish<'_, M, H> {
    type Hooks = H;

    #[inline]
    fn finish(mut self, result: Result<(), Status>) -> Result<(), Status> {
        let result = with_code(self.call, result);
        if self.call.progress().is_interrupted() {
            self.tell(&Outcome::Interrupted);
            return result;
        }
        let outcome = Outcome::Finished(result);
        self.tell(&outcome);
        match outcome {
            Outcome::Finished(result) => result,
            Outcome::Interrupted => unreachable!("it was made three lines above"),
        }
    }

    #[inline]
    fn here(&mut self) -> Option<&mut H> {
        match &mut self.place {
            Place::Here(hooks) => Some(hooks),
            Place::Lent(..) | Place::Gone => None,
        }
    }

    fn take(&mut self) -> H {
        match std::mem::replace(&mut self.place, Place::Gone) {
            Place::Here(hooks) => hooks,
            Place::Lent(..) | Place::Gone => unreachable!("hooks are shared once"),
        }
    }

    fn lend(&mut self, shared: Arc<dyn Lent<M>>, index: usize) {
        self.place = Place::Lent(shared, index);
    }
}

impl<M: Method, H: Hooks<M>> Drop for Finish<'_, M, H> {
    #[inline]
    fn drop(&mut self) {
        if !matches!(self.place, Place::Gone) {
            self.drop_unfinished();
        }
    }
}

impl<M: Method, H: Hooks<M>> fmt::Debug for Finish<'_, M, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").finish_non_exhaustive()
    }
}
