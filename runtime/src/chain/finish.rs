use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tonic::Status;

use super::fitted::Fitted;
use super::shared::Lent;
use super::{checked, panic_text, panicked};
use crate::interceptors::keep_last_panic;
use crate::{Call, Hooks, Method, Outcome};

/// What is told how a call ended.
pub trait Finishing<M: Method>: Send {
    /// Tells how the call ended.
    fn finish(self, result: Result<(), Status>) -> Result<(), Status>;
}

/// Where hooks are, until they have been told of the end.
pub(crate) trait Place<M: Method> {
    /// Tells them, if they have not been told: they are gone before, so that one that panics is not
    /// told twice.
    fn tell(&mut self, outcome: &Outcome);

    fn is_gone(&self) -> bool;

    /// Whether there is nobody to be told: `()` is what functions leave behind. Once it is compiled, this is a
    /// constant.
    fn is_nobody() -> bool;
}

/// Hooks in a place of their own.
pub(crate) struct Kept<H>(Option<H>);

/// Hooks in a place of their own, or shared.
pub(crate) enum Lendable<M: Method, H: 'static> {
    Here(Fitted<M, H>),
    Lent(Arc<dyn Lent<M>>, usize),
    Gone,
}

impl<M: Method, H: Hooks<M> + 'static> Place<M> for Kept<H> {
    #[inline]
    fn is_nobody() -> bool {
        TypeId::of::<H>() == TypeId::of::<()>()
    }

    #[inline]
    fn tell(&mut self, outcome: &Outcome) {
        if let Some(mut hooks) = self.0.take() {
            hooks.on_finish(outcome);
        }
    }

    #[inline]
    fn is_gone(&self) -> bool {
        self.0.is_none()
    }
}

impl<M: Method, H: Send + 'static> Place<M> for Lendable<M, H> {
    fn is_nobody() -> bool {
        TypeId::of::<H>() == TypeId::of::<()>()
    }

    fn tell(&mut self, outcome: &Outcome) {
        match std::mem::replace(self, Self::Gone) {
            Self::Here(mut hooks) => hooks.on_finish(outcome),
            Self::Lent(shared, index) => shared.on_finish(index, outcome),
            Self::Gone => {}
        }
    }

    fn is_gone(&self) -> bool {
        matches!(self, Self::Gone)
    }
}

/// Hooks that are told of the end exactly once: with the result, or else when the call is dropped.
pub(crate) struct Finish<'a, M: Method, P: Place<M>> {
    call: &'a Call,
    place: P,
    messages: PhantomData<fn(M)>,
}

impl<'a, M: Method, H: Hooks<M> + 'static> Finish<'a, M, Kept<H>> {
    #[inline]
    pub(crate) fn keep(call: &'a Call, hooks: H) -> Self {
        Self { call, place: Kept(Some(hooks)), messages: PhantomData }
    }
}

impl<'a, M: Method, H: Send + 'static> Finish<'a, M, Lendable<M, H>> {
    pub(crate) fn lendable(call: &'a Call, hooks: Fitted<M, H>) -> Self {
        Self { call, place: Lendable::Here(hooks), messages: PhantomData }
    }
}

impl<M: Method, P: Place<M>> Finish<'_, M, P> {
    #[inline]
    pub(super) fn is_nobody() -> bool {
        P::is_nobody()
    }

    #[inline]
    pub(super) fn finish(mut self, result: Result<(), Status>) -> Result<(), Status> {
        if P::is_nobody() {
            return result;
        }
        let result = checked(self.call, result);
        if self.call.is_interrupted() {
            self.place.tell(&Outcome::Interrupted);
            return result;
        }
        let outcome = Outcome::finished(result);
        self.place.tell(&outcome);
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
    keep_last_panic(|| {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| tell(&outcome))) {
            let (method, panic) = (call.method().path(), panic_text(&*panic));
            tracing::error!(target: "vestibule", method, panic, "`on_finish` panicked");
        }
    });
}

impl<M: Method, P: Place<M>> Drop for Finish<'_, M, P> {
    #[inline]
    fn drop(&mut self) {
        if !P::is_nobody() && !self.place.is_gone() {
            tell_unfinished(self.call, &mut |outcome| self.place.tell(outcome));
        }
    }
}

impl<M: Method, H: Hooks<M> + 'static> Finish<'_, M, Kept<H>> {
    /// The hooks, until they were told of the end.
    #[inline]
    pub(super) fn hooks(&mut self) -> &mut Option<H> {
        &mut self.place.0
    }
}

impl<M: Method, H: Send + 'static> Finish<'_, M, Lendable<M, H>> {
    /// Gives the hooks away.
    ///
    /// # Panics
    ///
    /// The second time.
    pub(super) fn take(&mut self) -> Fitted<M, H> {
        match std::mem::replace(&mut self.place, Lendable::Gone) {
            Lendable::Here(hooks) => hooks,
            Lendable::Lent(..) | Lendable::Gone => unreachable!("hooks are shared once"),
        }
    }

    /// Where the hooks are now: together with those of the other interceptors, at this index.
    pub(super) fn lend(&mut self, shared: Arc<dyn Lent<M>>, index: usize) {
        self.place = Lendable::Lent(shared, index);
    }
}

impl<M: Method, P: Place<M>> fmt::Debug for Finish<'_, M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").finish_non_exhaustive()
    }
}
