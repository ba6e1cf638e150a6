use std::sync::Arc;

use tonic::Status;

use super::Finishing;
use super::finish::{Finish, Kept, Lendable};
use super::fitted::Fitted;
use super::shared::{Lent, Together};
use crate::{Call, Hooks, Method};

/// The hooks of a chain, up to a level: its own, and those further out.
pub trait Stack<M: Method>: Send {
    /// Shows a message from the client, outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// Shows a message to the client, innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;
}

/// A reference to them. Their types are erased: if the innermost level's type named all of them, rustc would take
/// a quarter longer.
pub(crate) type StackRef<'a, M> = &'a mut (dyn Stack<M> + 'a);

impl<M: Method> Stack<M> for () {
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
pub trait Level<M: Method>: Finishing<M> {
    /// All hooks up to here.
    fn hooks(&mut self) -> StackRef<'_, M>;
}

/// The hooks of one interceptor, and those further out.
pub(crate) struct KeptLevel<'a, M: Method, H: Hooks<M> + 'static> {
    own: Finish<'a, M, Kept<H>>,
    outer: StackRef<'a, M>,
}

impl<'a, M: Method, H: Hooks<M> + 'static> KeptLevel<'a, M, H> {
    #[inline]
    pub(crate) fn new(call: &'a Call, hooks: H, outer: StackRef<'a, M>) -> Self {
        Self { own: Finish::keep(call, hooks), outer }
    }
}

impl<M: Method, H: Hooks<M> + 'static> Stack<M> for KeptLevel<'_, M, H> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.outer.on_request(message)?;
        self.own.hooks().on_request(message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.own.hooks().on_response(message)?;
        self.outer.on_response(message)
    }
}

impl<M: Method, H: Hooks<M> + 'static> Level<M> for KeptLevel<'_, M, H> {
    #[inline]
    fn hooks(&mut self) -> StackRef<'_, M> {
        if Finish::<M, Kept<H>>::is_nobody() { self.outer } else { self }
    }
}

impl<M: Method, H: Hooks<M> + 'static> Finishing<M> for KeptLevel<'_, M, H> {
    #[inline]
    fn finish(self, result: Result<(), Status>) -> Result<(), Status> {
        self.own.finish(result)
    }
}

/// The hooks of a chain up to a level, where the inbound stream will share them.
pub trait LendingStack<M: Method>: Send {
    /// What is shared.
    type Hooks: Together<M>;

    /// Gives all hooks away.
    fn take(&mut self) -> Self::Hooks;

    /// Tells where they are now, the outermost ones first: how many there are.
    fn lend(&mut self, shared: Arc<dyn Lent<M>>) -> usize;
}

impl<M: Method> LendingStack<M> for () {
    type Hooks = ();

    fn take(&mut self) {}

    fn lend(&mut self, _shared: Arc<dyn Lent<M>>) -> usize {
        0
    }
}

/// A level of such a stack: the hooks of one interceptor, to be lent, and those further out.
pub(crate) struct LentLevel<'a, M: Method, H: Send + 'static, S> {
    own: Finish<'a, M, Lendable<M, H>>,
    outer: &'a mut S,
}

impl<'a, M: Method, H: Send + 'static, S: LendingStack<M>> LentLevel<'a, M, H, S> {
    pub(crate) fn new(call: &'a Call, hooks: Fitted<M, H>, outer: &'a mut S) -> Self {
        Self { own: Finish::lendable(call, hooks), outer }
    }
}

impl<M: Method, H: Send + 'static, S: LendingStack<M>> LendingStack<M> for LentLevel<'_, M, H, S> {
    type Hooks = (S::Hooks, Option<Fitted<M, H>>);

    fn take(&mut self) -> Self::Hooks {
        (self.outer.take(), Some(self.own.take()))
    }

    fn lend(&mut self, shared: Arc<dyn Lent<M>>) -> usize {
        let index = self.outer.lend(Arc::clone(&shared));
        self.own.lend(shared, index);
        index + 1
    }
}

impl<M: Method, H: Send + 'static, S: LendingStack<M>> Finishing<M> for LentLevel<'_, M, H, S> {
    fn finish(self, result: Result<(), Status>) -> Result<(), Status> {
        self.own.finish(result)
    }
}
