use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tonic::Status;

use super::checked::check_result;
use super::erased_hooks::ErasedHooks;
use super::hooks::{Hooks, Outcome};
use super::panics::{keep_location, panic_text, panicked};
use super::shared_hooks::ResponseHooks;
use crate::{Call, Method};

/// What is told how a call ended.
pub trait Finish<M: Method>: Send {
    /// Tells how the call ended.
    fn finish(self, result: Result<(), Status>) -> Result<(), Status>;
}

/// Where hooks are, until they have been told of the end.
pub(crate) trait HookSlot<M: Method> {
    /// Tells them, if they have not been told: they are gone before, so that one that panics is not
    /// told twice.
    fn on_finish(&mut self, outcome: &Outcome);

    fn is_empty(&self) -> bool;

    /// Whether there is nobody to be told: `()` is what functions leave behind. Once it is compiled, this is a
    /// constant.
    fn is_noop() -> bool;
}

/// Hooks in a place of their own.
pub(crate) struct OwnHooks<H>(Option<H>);

/// Hooks in a place of their own, or shared.
pub(crate) enum ShareableHooks<M: Method, H: 'static> {
    Here(ErasedHooks<M, H>),
    ResponseHooks(Arc<dyn ResponseHooks<M>>, usize),
    Gone,
}

impl<M: Method, H: Hooks<M> + 'static> HookSlot<M> for OwnHooks<H> {
    #[inline]
    fn is_noop() -> bool {
        TypeId::of::<H>() == TypeId::of::<()>()
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
        TypeId::of::<H>() == TypeId::of::<()>()
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        match std::mem::replace(self, Self::Gone) {
            Self::Here(mut hooks) => hooks.on_finish(outcome),
            Self::ResponseHooks(shared, index) => shared.on_finish(index, outcome),
            Self::Gone => {}
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Gone)
    }
}

/// Hooks that are told of the end exactly once: with the result, or else when the call is dropped.
pub(crate) struct FinishGuard<'a, M: Method, P: HookSlot<M>> {
    call: &'a Call,
    place: P,
    messages: PhantomData<fn(M)>,
}

impl<'a, M: Method, H: Hooks<M> + 'static> FinishGuard<'a, M, OwnHooks<H>> {
    #[inline]
    pub(crate) fn level(call: &'a Call, hooks: H) -> Self {
        Self { call, place: OwnHooks(Some(hooks)), messages: PhantomData }
    }
}

impl<'a, M: Method, H: Send + 'static> FinishGuard<'a, M, ShareableHooks<M, H>> {
    pub(crate) fn shareable(call: &'a Call, hooks: ErasedHooks<M, H>) -> Self {
        Self { call, place: ShareableHooks::Here(hooks), messages: PhantomData }
    }
}

impl<M: Method, P: HookSlot<M>> FinishGuard<'_, M, P> {
    #[inline]
    pub(super) fn is_noop() -> bool {
        P::is_noop()
    }

    #[inline]
    pub(super) fn finish(mut self, result: Result<(), Status>) -> Result<(), Status> {
        if P::is_noop() {
            return result;
        }
        let result = check_result(self.call, result);
        if self.call.is_interrupted() {
            self.place.on_finish(&Outcome::Interrupted);
            return result;
        }
        let outcome = Outcome::finished(result);
        self.place.on_finish(&outcome);
        match outcome {
            Outcome::Finished(result) => result,
            Outcome::Panicked(status) => Err(status),
            Outcome::Interrupted => unreachable!("it was made some lines above"),
        }
    }
}

/// The end of a call that has no result. While a panic of its own unwinds it has one: what the
/// client will see.
#[cold]
fn tell_unfinished(call: &Call, tell: &mut dyn FnMut(&Outcome)) {
    let outcome = if thread::panicking() && call.progress().is_polling() {
        Outcome::Panicked(panicked())
    } else {
        Outcome::Interrupted
    };
    // A panic that leaves a destructor while another one unwinds aborts the process.
    keep_location(|| {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| tell(&outcome))) {
            let (method, panic) = (call.method().path(), panic_text(&*panic));
            tracing::error!(target: "vestibule", method, panic, "`on_finish` panicked");
        }
    });
}

impl<M: Method, P: HookSlot<M>> Drop for FinishGuard<'_, M, P> {
    #[inline]
    fn drop(&mut self) {
        if !P::is_noop() && !self.place.is_empty() {
            tell_unfinished(self.call, &mut |outcome| self.place.on_finish(outcome));
        }
    }
}

impl<M: Method, H: Hooks<M> + 'static> FinishGuard<'_, M, OwnHooks<H>> {
    /// The hooks, until they were told of the end.
    #[inline]
    pub(super) fn hooks(&mut self) -> &mut Option<H> {
        &mut self.place.0
    }
}

impl<M: Method, H: Send + 'static> FinishGuard<'_, M, ShareableHooks<M, H>> {
    /// Gives the hooks away.
    ///
    /// # Panics
    ///
    /// The second time.
    pub(super) fn take(&mut self) -> ErasedHooks<M, H> {
        match std::mem::replace(&mut self.place, ShareableHooks::Gone) {
            ShareableHooks::Here(hooks) => hooks,
            ShareableHooks::ResponseHooks(..) | ShareableHooks::Gone => unreachable!("hooks are shared once"),
        }
    }

    /// Where the hooks are now: together with those of the other interceptors, at this index.
    pub(super) fn share(&mut self, shared: Arc<dyn ResponseHooks<M>>, index: usize) {
        self.place = ShareableHooks::ResponseHooks(shared, index);
    }
}

impl<M: Method, P: HookSlot<M>> fmt::Debug for FinishGuard<'_, M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishGuard").finish_non_exhaustive()
    }
}
