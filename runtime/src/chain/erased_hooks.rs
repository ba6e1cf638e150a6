use std::fmt;

use tonic::Status;

use super::hooks::{Hooks, Outcome};
use crate::Method;

/// Hooks that fit the messages of a method. Where the request stream shares the hooks, each level's type has those of all
/// further out in it, and with this, rustc need not prove again for each that they fit: hooks that do not are one
/// error, where it is asked.
pub struct ErasedHooks<M: Method, H: 'static> {
    hooks: H,
    calls: &'static Calls<M, H>,
}

/// How [`Hooks`] are called.
struct Calls<M: Method, H> {
    on_request: fn(&mut H, &mut M::Request) -> Result<(), Status>,
    on_response: fn(&mut H, &mut M::Response) -> Result<(), Status>,
    on_finish: fn(&mut H, &Outcome),
}

impl<M: Method, H: Hooks<M>> ErasedHooks<M, H> {
    pub(crate) fn new(hooks: H) -> Self {
        let calls = const {
            &Calls {
                on_request: <H as Hooks<M>>::on_request,
                on_response: <H as Hooks<M>>::on_response,
                on_finish: <H as Hooks<M>>::on_finish,
            }
        };
        Self { hooks, calls }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Method, H: Send> Hooks<M> for ErasedHooks<M, H> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        (self.calls.on_request)(&mut self.hooks, message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        (self.calls.on_response)(&mut self.hooks, message)
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        (self.calls.on_finish)(&mut self.hooks, outcome);
    }
}

impl<M: Method, H> fmt::Debug for ErasedHooks<M, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasedHooks").finish_non_exhaustive()
    }
}
