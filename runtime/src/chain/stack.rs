use std::sync::Arc;

use tonic::Status;

use super::Finishing;
use super::shared::{Lent, Together};
use crate::{Hooks, Method};

/// The hooks of a whole chain, outermost first: `(&mut a, (&mut b, ()))`.
pub trait Stack<M: Method> {
    /// The hooks themselves.
    type Hooks: Together<M>;

    /// Shows a message from the client, outermost first.
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status>;

    /// Shows a message to the client, innermost first.
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status>;

    /// Gives all hooks away, to be shared.
    fn take(&mut self) -> Self::Hooks;

    /// Tells where they are now; the first of this stack has this index.
    fn lend(&mut self, shared: Arc<dyn Lent<M>>, index: usize);
}

impl<M: Method> Stack<M> for () {
    type Hooks = ();

    #[inline]
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        Ok(())
    }

    #[inline]
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        Ok(())
    }

    fn take(&mut self) {}

    fn lend(&mut self, _shared: Arc<dyn Lent<M>>, _index: usize) {}
}

impl<M: Method, F: Finishing<M>, S: Stack<M>> Stack<M> for (&mut F, S) {
    type Hooks = (F::Hooks, S::Hooks);

    #[inline]
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        if let Some(hooks) = self.0.here() {
            hooks.on_request(message)?;
        }
        self.1.on_request(message)
    }

    #[inline]
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.1.on_response(message)?;
        match self.0.here() {
            Some(hooks) => hooks.on_response(message),
            None => Ok(()),
        }
    }

    fn take(&mut self) -> Self::Hooks {
        (self.0.take(), self.1.take())
    }

    fn lend(&mut self, shared: Arc<dyn Lent<M>>, index: usize) {
        self.1.lend(Arc::clone(&shared), index + 1);
        self.0.lend(shared, index);
    }
}
