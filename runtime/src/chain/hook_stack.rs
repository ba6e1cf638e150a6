use std::sync::Arc;

use tonic::Status;

use super::erased_hooks::ErasedHooks;
use super::finish::{Finish, FinishGuard, LocalHooks, ShareableHooks};
use super::hooks::Hooks;
use super::shared_hooks::{HookList, ResponseHooks};
use crate::{Call, Method};

/// The hooks of a level of a chain and of all outer levels.
pub trait HookStack<M: Method>: Send {
    /// Calls the hooks with a message from the client, the outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// Calls the hooks with a message to the client, the innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;
}

/// A reference to the hooks of a chain, with their types erased.
///
/// If the type of the innermost level contained all of their types, rustc would take a quarter longer.
pub(crate) type HookStackRef<'a, M> = &'a mut (dyn HookStack<M> + 'a);

impl<M: Method> HookStack<M> for () {
    #[inline]
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        Ok(())
    }

    #[inline]
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        Ok(())
    }
}

/// A level of a chain.
///
/// The expansion sees this trait only. Otherwise the compiler would show the type of the level in errors about hooks.
pub trait Level<M: Method>: Finish<M> {
    /// Returns the hooks of this level and of all outer levels.
    fn hooks(&mut self) -> HookStackRef<'_, M>;
}

/// A level of a chain whose client does not stream.
pub(crate) struct LocalLevel<'a, M: Method, H: Hooks<M> + 'static> {
    guard: FinishGuard<'a, M, LocalHooks<H>>,
    outer: HookStackRef<'a, M>,
}

impl<'a, M: Method, H: Hooks<M> + 'static> LocalLevel<'a, M, H> {
    #[inline]
    pub(crate) fn new(call: &'a Call, hooks: H, outer: HookStackRef<'a, M>) -> Self {
        Self { guard: FinishGuard::local(call, hooks), outer }
    }
}

impl<M: Method, H: Hooks<M> + 'static> HookStack<M> for LocalLevel<'_, M, H> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.outer.on_request(message)?;
        self.guard.hooks().on_request(message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.guard.hooks().on_response(message)?;
        self.outer.on_response(message)
    }
}

impl<M: Method, H: Hooks<M> + 'static> Level<M> for LocalLevel<'_, M, H> {
    #[inline]
    fn hooks(&mut self) -> HookStackRef<'_, M> {
        if FinishGuard::<M, LocalHooks<H>>::is_noop() { self.outer } else { self }
    }
}

impl<M: Method, H: Hooks<M> + 'static> Finish<M> for LocalLevel<'_, M, H> {
    #[inline]
    fn finish(self, result: Result<(), Status>) -> Result<(), Status> {
        self.guard.finish(result)
    }
}

/// The hooks of a level and of all outer levels, in a chain whose request stream shares them.
pub trait SharedHookStack<M: Method>: Send {
    /// The type of the hooks of all these levels.
    type Hooks: HookList<M>;

    /// Takes the hooks of all levels, to share them.
    fn take(&mut self) -> Self::Hooks;

    /// Gives each level the shared hooks, the outermost level first, and returns the number of levels.
    fn share(&mut self, shared: Arc<dyn ResponseHooks<M>>) -> usize;
}

impl<M: Method> SharedHookStack<M> for () {
    type Hooks = ();

    fn take(&mut self) {}

    fn share(&mut self, _shared: Arc<dyn ResponseHooks<M>>) -> usize {
        0
    }
}

/// A level of a chain whose request stream shares the hooks.
pub(crate) struct SharedLevel<'a, M: Method, H: Send + 'static, S> {
    guard: FinishGuard<'a, M, ShareableHooks<M, H>>,
    outer: &'a mut S,
}

impl<'a, M: Method, H: Send + 'static, S: SharedHookStack<M>> SharedLevel<'a, M, H, S> {
    pub(crate) fn new(call: &'a Call, hooks: ErasedHooks<M, H>, outer: &'a mut S) -> Self {
        Self { guard: FinishGuard::shareable(call, hooks), outer }
    }
}

impl<M: Method, H: Send + 'static, S: SharedHookStack<M>> SharedHookStack<M> for SharedLevel<'_, M, H, S> {
    type Hooks = (S::Hooks, Option<ErasedHooks<M, H>>);

    fn take(&mut self) -> Self::Hooks {
        (self.outer.take(), Some(self.guard.take()))
    }

    fn share(&mut self, shared: Arc<dyn ResponseHooks<M>>) -> usize {
        let index = self.outer.share(Arc::clone(&shared));
        self.guard.share(shared, index);
        index + 1
    }
}

impl<M: Method, H: Send + 'static, S: SharedHookStack<M>> Finish<M> for SharedLevel<'_, M, H, S> {
    fn finish(self, result: Result<(), Status>) -> Result<(), Status> {
        self.guard.finish(result)
    }
}

/// Creates the level of an interceptor, which calls `on_finish` exactly once.
///
/// A function returns the level, so that an error about hooks that do not fit names no private type. It is no method of
/// `Call`, because rustc names a method by the private module of its impl, if the type is defined in another one.
#[inline]
pub fn level<'a, M: Method, H: Hooks<M> + 'static>(
    call: &'a Call,
    hooks: H,
    outer: HookStackRef<'a, M>,
) -> impl Level<M> + use<'a, M, H> {
    LocalLevel::new(call, hooks, outer)
}

/// Stores the hooks with the methods of their `Hooks<M>` impl, as an `ErasedHooks`.
pub fn erase_hooks<M: Method, H: Hooks<M> + 'static>(hooks: H) -> ErasedHooks<M, H> {
    ErasedHooks::new(hooks)
}

/// Creates the level of an interceptor in a chain whose request stream shares the hooks.
pub fn shared_level<'a, M: Method, H: Send + 'static, S: SharedHookStack<M>>(
    call: &'a Call,
    hooks: ErasedHooks<M, H>,
    outer: &'a mut S,
) -> impl SharedHookStack<M> + Finish<M> + use<'a, M, H, S> {
    SharedLevel::new(call, hooks, outer)
}
