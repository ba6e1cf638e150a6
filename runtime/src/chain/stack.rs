use std::sync::Arc;

use tonic::Status;

use super::shared::{Lent, Together};
use super::{Finishing, Lending};
use crate::Method;

/// The hooks of a chain, up to a level: its own, and those further out, as in `(b, &mut (a, &mut ()))`. Each
/// level has one reference to all that came before.
pub trait Stack<M: Method> {
    /// Shows a message from the client, outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// Shows a message to the client, innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;
}

/// The same, where the inbound stream will share them.
pub trait LendingStack<M: Method>: Stack<M> {
    /// What is shared.
    type Hooks: Together<M>;

    /// Gives all hooks away.
    fn take(&mut self) -> Self::Hooks;

    /// Tells where they are now, the outermost ones first: how many there are.
    fn lend(&mut self, shared: Arc<dyn Lent<M>>) -> usize;
}

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

impl<M: Method> LendingStack<M> for () {
    type Hooks = ();

    fn take(&mut self) {}

    fn lend(&mut self, _shared: Arc<dyn Lent<M>>) -> usize {
        0
    }
}

impl<M: Method, F: Finishing<M>, S: Stack<M>> Stack<M> for (F, &mut S) {
    #[inline]
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.1.on_request(message)?;
        self.0.on_request(message)
    }

    #[inline]
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.0.on_response(message)?;
        self.1.on_response(message)
    }
}

impl<M: Method, F: Lending<M>, S: LendingStack<M>> LendingStack<M> for (F, &mut S) {
    type Hooks = (S::Hooks, Option<F::Hooks>);

    fn take(&mut self) -> Self::Hooks {
        (self.1.take(), Some(self.0.take()))
    }

    fn lend(&mut self, shared: Arc<dyn Lent<M>>) -> usize {
        let index = self.1.lend(Arc::clone(&shared));
        self.0.lend(shared, index);
        index + 1
    }
}
