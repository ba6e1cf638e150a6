use std::sync::Arc;

use tonic::Status;

use super::erased_hooks::ErasedHooks;
use super::finish::{Finish, FinishGuard, OwnHooks, ShareableHooks};
use super::hooks::Hooks;
use super::shared_hooks::{HookList, ResponseHooks};
use crate::{Call, Method};

/// The hooks of a chain, up to a level: its own, and those further out.
pub trait HookStack<M: Method>: Send {
    /// Shows a message from the client, outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// Shows a message to the client, innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;
}

/// A reference to them. Their types are erased: if the innermost level's type named all of them, rustc would take
/// a quarter longer.
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

/// A level of a chain. Behind this trait, because errors about hooks that do not fit would show the type.
pub trait Level<M: Method>: Finish<M> {
    /// All hooks up to here.
    fn hooks(&mut self) -> HookStackRef<'_, M>;
}

/// The hooks of one interceptor, and those further out.
pub(crate) struct OwnLevel<'a, M: Method, H: Hooks<M> + 'static> {
    own: FinishGuard<'a, M, OwnHooks<H>>,
    outer: HookStackRef<'a, M>,
}

impl<'a, M: Method, H: Hooks<M> + 'static> OwnLevel<'a, M, H> {
    #[inline]
    pub(crate) fn new(call: &'a Call, hooks: H, outer: HookStackRef<'a, M>) -> Self {
        Self { own: FinishGuard::level(call, hooks), outer }
    }
}

impl<M: Method, H: Hooks<M> + 'static> HookStack<M> for OwnLevel<'_, M, H> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.outer.on_request(message)?;
        self.own.hooks().on_request(message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.own.hooks().on_response(message)?;
        self.outer.on_response(message)
    }
}

impl<M: Method, H: Hooks<M> + 'static> Level<M> for OwnLevel<'_, M, H> {
    #[inline]
    fn hooks(&mut self) -> HookStackRef<'_, M> {
        if FinishGuard::<M, OwnHooks<H>>::is_noop() { self.outer } else { self }
    }
}

impl<M: Method, H: Hooks<M> + 'static> Finish<M> for OwnLevel<'_, M, H> {
    #[inline]
    fn finish(self, result: Result<(), Status>) -> Result<(), Status> {
        self.own.finish(result)
    }
}

/// The hooks of a chain up to a level, where the request stream will share them.
pub trait SharedHookStack<M: Method>: Send {
    /// What is shared.
    type Hooks: HookList<M>;

    /// Gives all hooks away.
    fn take(&mut self) -> Self::Hooks;

    /// Tells where they are now, the outermost ones first: how many there are.
    fn share(&mut self, shared: Arc<dyn ResponseHooks<M>>) -> usize;
}

impl<M: Method> SharedHookStack<M> for () {
    type Hooks = ();

    fn take(&mut self) {}

    fn share(&mut self, _shared: Arc<dyn ResponseHooks<M>>) -> usize {
        0
    }
}

/// A level of such a stack: the hooks of one interceptor, to be lent, and those further out.
pub(crate) struct SharedLevel<'a, M: Method, H: Send + 'static, S> {
    own: FinishGuard<'a, M, ShareableHooks<M, H>>,
    outer: &'a mut S,
}

impl<'a, M: Method, H: Send + 'static, S: SharedHookStack<M>> SharedLevel<'a, M, H, S> {
    pub(crate) fn new(call: &'a Call, hooks: ErasedHooks<M, H>, outer: &'a mut S) -> Self {
        Self { own: FinishGuard::shareable(call, hooks), outer }
    }
}

impl<M: Method, H: Send + 'static, S: SharedHookStack<M>> SharedHookStack<M> for SharedLevel<'_, M, H, S> {
    type Hooks = (S::Hooks, Option<ErasedHooks<M, H>>);

    fn take(&mut self) -> Self::Hooks {
        (self.outer.take(), Some(self.own.take()))
    }

    fn share(&mut self, shared: Arc<dyn ResponseHooks<M>>) -> usize {
        let index = self.outer.share(Arc::clone(&shared));
        self.own.share(shared, index);
        index + 1
    }
}

impl<M: Method, H: Send + 'static, S: SharedHookStack<M>> Finish<M> for SharedLevel<'_, M, H, S> {
    fn finish(self, result: Result<(), Status>) -> Result<(), Status> {
        self.own.finish(result)
    }
}

impl Call {
    /// The hooks of an interceptor, to be told of the end exactly once. What the expansion calls, so
    /// that an error about hooks that do not fit names `Call` and nothing that is private.
    #[doc(hidden)]
    #[inline]
    pub fn level<'a, M: Method, H: Hooks<M> + 'static>(
        &'a self,
        hooks: H,
        outer: HookStackRef<'a, M>,
    ) -> impl Level<M> + use<'a, M, H> {
        OwnLevel::new(self, hooks, outer)
    }

    /// Hooks that fit the messages of a method.
    #[doc(hidden)]
    pub fn erase_hooks<M: Method, H: Hooks<M> + 'static>(hooks: H) -> ErasedHooks<M, H> {
        ErasedHooks::new(hooks)
    }

    /// The same, where the request stream will share them.
    #[doc(hidden)]
    pub fn shared_level<'a, M: Method, H: Send + 'static, S: SharedHookStack<M>>(
        &'a self,
        hooks: ErasedHooks<M, H>,
        outer: &'a mut S,
    ) -> impl SharedHookStack<M> + Finish<M> + use<'a, M, H, S> {
        SharedLevel::new(self, hooks, outer)
    }
}
