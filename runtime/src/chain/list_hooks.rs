use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use tonic::Status;

use super::hook_stack::SharedHookStack;
use super::hooks::Hooks;
use super::list_slot::{AnyMessageHooks, ListSlot};
use super::provided_later::ProvidedLater;
use super::shared_hooks::{HookList, RequestHooks, ResponseHooks, SharedHooks};
use crate::{Call, Method};

/// The hooks of all entries of a named list, as the one entry that the list is in other lists.
///
/// They see the messages here. Each entry of the list sees the end of the call at its own level, and so `on_finish` does
/// nothing here. The levels of the entries and the rest of the call share the hooks.
///
/// The types of the messages are erased, because an interceptor has one type of hooks for all methods. `Id` is a type that
/// stands for the list.
pub struct ListHooks<Id> {
    slot: ListSlot,
    id: PhantomData<fn() -> Id>,
}

impl<M: Method, L: HookList<M>> AnyMessageHooks for SharedHooks<M, L> {
    fn on_request(&self, message: &mut dyn Any) -> Result<(), Status> {
        RequestHooks::on_request(self, downcast::<M::Request>(message))
    }

    fn on_response(&self, message: &mut dyn Any) -> Result<(), Status> {
        ResponseHooks::on_response(self, downcast::<M::Response>(message))
    }
}

fn downcast<T: 'static>(message: &mut dyn Any) -> &mut T {
    message.downcast_mut().expect("a list and the rest of its chain have the same messages")
}

impl<Id> ListHooks<Id> {
    /// Creates hooks that do nothing until the slot has those of the list.
    fn new(slot: ListSlot) -> Self {
        Self { slot, id: PhantomData }
    }
}

/// Begins the level of an interceptor that starts in it.
pub fn begin_in_level<P: Send, Id>()
-> impl Future<Output = Result<(ProvidedLater<P>, ListHooks<Id>), Status>> + Send + use<P, Id> {
    let slot = ListSlot::new();
    let provided = ProvidedLater::new(slot.clone());
    std::future::ready(Ok((provided, ListHooks::new(slot))))
}

/// Moves the hooks of all entries of a list to the place where the rest of the call finds them.
pub fn share_hooks<M: Method, P, S: SharedHookStack<M>>(
    call: &Call,
    provided: &ProvidedLater<P>,
    hooks: &mut S,
) {
    if !S::Hooks::has_hooks() {
        return;
    }
    let shared = Arc::new(SharedHooks::<M, S::Hooks>::new(call.method().clone(), hooks.take()));
    hooks.share(Arc::clone(&shared) as _);
    provided.hooks().set(shared);
}

#[diagnostic::do_not_recommend]
impl<M: Method, Id> Hooks<M> for ListHooks<Id> {
    #[inline]
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.slot.get().map_or(Ok(()), |hooks| hooks.on_request(message))
    }

    #[inline]
    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        self.slot.get().map_or(Ok(()), |hooks| hooks.on_response(message))
    }
}

impl<Id> fmt::Debug for ListHooks<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListHooks").finish_non_exhaustive()
    }
}
