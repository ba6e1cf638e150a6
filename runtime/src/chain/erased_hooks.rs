use std::fmt;

use tonic::Status;

use super::hooks::{Hooks, Outcome};
use crate::Method;

/// Hooks together with the functions that call them for the messages of `M`.
///
/// If the request stream shares the hooks, the type of each level contains the hooks of all outer levels. With this type,
/// the compiler checks that `H` implements `Hooks<M>` once only, in [`ErasedHooks::new`]. Otherwise hooks without that impl
/// would cause an error at each inner level.
pub struct ErasedHooks<M: Method, H: 'static> {
    hooks: H,
    vtable: &'static HooksVTable<M, H>,
}

/// The methods of [`Hooks`] as function pointers.
struct HooksVTable<M: Method, H> {
    on_request: fn(&mut H, &mut M::Request) -> Result<(), Status>,
    on_response: fn(&mut H, &mut M::Response) -> Result<(), Status>,
    on_finish: fn(&mut H, &Outcome),
}

impl<M: Method, H: Hooks<M>> ErasedHooks<M, H> {
    pub(crate) fn new(hooks: H) -> Self {
        let vtable = const {
            &HooksVTable {
                on_request: <H as Hooks<M>>::on_request,
                on_response: <H as Hooks<M>>::on_response,
                on_finish: <H as Hooks<M>>::on_finish,
            }
        };
        Self { hooks, vtable }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Method, H: Send> Hooks<M> for ErasedHooks<M, H> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        (self.vtable.on_request)(&mut self.hooks, message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        (self.vtable.on_response)(&mut self.hooks, message)
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        (self.vtable.on_finish)(&mut self.hooks, outcome);
    }
}

impl<M: Method, H> fmt::Debug for ErasedHooks<M, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasedHooks").finish_non_exhaustive()
    }
}
