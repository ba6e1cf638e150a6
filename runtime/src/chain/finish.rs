use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tonic::Status;

use super::check_result::check_result;
use super::erased_hooks::ErasedHooks;
use super::hooks::{Hooks, Outcome, act};
use super::panics::{panic_text, panicked, preserve_location};
use super::shared_hooks::ResponseHooks;
use crate::{Call, Method, log_text};

/// A level of a chain whose hooks receive `on_finish`.
pub trait Finish<M: Method>: Send {
    /// Calls `on_finish` of this level with the result of the rest, and returns the result for the next outer level.
    fn finish(self, result: Result<(), Status>) -> Result<(), Status>;
}

/// The hooks of one level, until they have received `on_finish`.
pub(crate) trait HookSlot<M: Method> {
    /// Removes the hooks, and then calls their `on_finish`. Hooks that panic are not called again.
    fn on_finish(&mut self, outcome: &Outcome);

    /// Returns true after the hooks were removed.
    fn is_empty(&self) -> bool;

    /// Returns true if the hooks do nothing, as those of a function. The compiler turns it into a constant.
    fn is_noop() -> bool;
}

/// The hooks of a level that no request stream shares.
pub(crate) struct LocalHooks<H>(Option<H>);

/// The hooks of a level that a request stream shares, after the handler has received the stream.
pub(crate) enum ShareableHooks<M: Method, H: 'static> {
    Local(ErasedHooks<M, H>),
    /// The hooks of the whole chain, and the index of this level in them.
    Shared(Arc<dyn ResponseHooks<M>>, usize),
    Finished,
}

impl<M: Method, H: Hooks<M> + 'static> HookSlot<M> for LocalHooks<H> {
    #[inline]
    fn is_noop() -> bool {
        !act::<H>()
    }

    #[inline]
    fn on_finish(&mut self, outcome: &Outcome) {
        if let Some(mut hooks) = self.0.take() {
            hooks.on_finish(outcome);
        }
    }

    #[inline]
    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl<M: Method, H: Send + 'static> HookSlot<M> for ShareableHooks<M, H> {
    fn is_noop() -> bool {
        !act::<H>()
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        match std::mem::replace(self, Self::Finished) {
            Self::Local(mut hooks) => hooks.on_finish(outcome),
            Self::Shared(shared, index) => shared.on_finish(index, outcome),
            Self::Finished => {}
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Finished)
    }
}

/// A guard that calls `on_finish` exactly once: with the result of the call, or when the call is dropped.
pub(crate) struct FinishGuard<'a, M: Method, S: HookSlot<M>> {
    call: &'a Call,
    slot: S,
    messages: PhantomData<fn(M)>,
}

impl<'a, M: Method, H: Hooks<M> + 'static> FinishGuard<'a, M, LocalHooks<H>> {
    #[inline]
    pub(crate) fn local(call: &'a Call, hooks: H) -> Self {
        Self { call, slot: LocalHooks(Some(hooks)), messages: PhantomData }
    }
}

impl<'a, M: Method, H: Send + 'static> FinishGuard<'a, M, ShareableHooks<M, H>> {
    pub(crate) fn shareable(call: &'a Call, hooks: ErasedHooks<M, H>) -> Self {
        Self { call, slot: ShareableHooks::Local(hooks), messages: PhantomData }
    }
}

impl<M: Method, S: HookSlot<M>> FinishGuard<'_, M, S> {
    #[inline]
    pub(super) fn is_noop() -> bool {
        S::is_noop()
    }

    #[inline]
    pub(super) fn finish(mut self, result: Result<(), Status>) -> Result<(), Status> {
        if S::is_noop() {
            return result;
        }
        let result = check_result(self.call, result);
        if self.call.is_interrupted() {
            self.slot.on_finish(&Outcome::Interrupted);
            return result;
        }
        let outcome = Outcome::finished(result);
        self.slot.on_finish(&outcome);
        match outcome {
            Outcome::Finished(result) => result,
            Outcome::Panicked(status) => Err(status),
            Outcome::Interrupted => unreachable!("`Outcome::finished` returns no `Interrupted`"),
        }
    }
}

/// Calls `on_finish` for a call that is dropped without a result.
///
/// If it is dropped because it has panicked, the outcome is the panic. A destructor that panics while the call is dropped
/// for another reason does not change the outcome.
#[cold]
fn finish_dropped(call: &Call, on_finish: &mut dyn FnMut(&Outcome)) {
    let has_panicked = thread::panicking() && call.progress().is_polling() && !call.is_interrupted();
    let outcome = if has_panicked { Outcome::Panicked(panicked()) } else { Outcome::Interrupted };
    // A panic in a destructor aborts the process if another panic unwinds, so it must be caught here.
    preserve_location(|| {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| on_finish(&outcome))) {
            let (method, panic) = (&*call.method().logged_path(), &*log_text::cut(panic_text(&*panic)));
            tracing::error!(target: "vestibule", method, panic, "`on_finish` panicked");
        }
    });
}

impl<M: Method, S: HookSlot<M>> Drop for FinishGuard<'_, M, S> {
    #[inline]
    fn drop(&mut self) {
        if !S::is_noop() && !self.slot.is_empty() {
            finish_dropped(self.call, &mut |outcome| self.slot.on_finish(outcome));
        }
    }
}

impl<M: Method, H: Hooks<M> + 'static> FinishGuard<'_, M, LocalHooks<H>> {
    /// Returns the hooks. They are `None` after `on_finish`.
    #[inline]
    pub(super) fn hooks(&mut self) -> &mut Option<H> {
        &mut self.slot.0
    }
}

impl<M: Method, H: Send + 'static> FinishGuard<'_, M, ShareableHooks<M, H>> {
    /// Takes the hooks, to share them.
    ///
    /// # Panics
    ///
    /// Panics the second time.
    pub(super) fn take(&mut self) -> ErasedHooks<M, H> {
        match std::mem::replace(&mut self.slot, ShareableHooks::Finished) {
            ShareableHooks::Local(hooks) => hooks,
            ShareableHooks::Shared(..) | ShareableHooks::Finished => unreachable!("hooks are shared once"),
        }
    }

    /// Stores the shared hooks of the chain, in which those of this level have the index `index`.
    pub(super) fn share(&mut self, shared: Arc<dyn ResponseHooks<M>>, index: usize) {
        self.slot = ShareableHooks::Shared(shared, index);
    }
}

impl<M: Method, S: HookSlot<M>> fmt::Debug for FinishGuard<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishGuard").finish_non_exhaustive()
    }
}
