use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tonic::Status;

use super::hook_stack::{HookStackRef, SharedHookStack};
use super::shared_hooks::{RequestHooks, ResponseHooks, SharedHooks};
use crate::call::Upload;
use crate::{Method, MethodInfo};

/// The messages of a client that streams, `S`, until the handler has them.
pub struct RequestStream<M: Method, S> {
    stream: Option<S>,
    /// The hooks, once the handler has the stream.
    shared: Option<Arc<dyn ResponseHooks<M>>>,
    /// What a mount knows of it.
    upload: Option<Upload>,
}

impl<M: Method, S> RequestStream<M, S> {
    pub(crate) fn new(stream: S, upload: Option<Upload>) -> Self {
        Self { stream: Some(stream), shared: None, upload }
    }

    pub(crate) fn upload(&self) -> Option<Upload> {
        self.upload.clone()
    }

    /// Hands over the stream, with the hooks that its messages are to pass.
    ///
    /// # Panics
    ///
    /// The second time.
    pub(crate) fn share<H: SharedHookStack<M>>(
        &mut self,
        method: MethodInfo,
        hooks: &mut H,
    ) -> (S, Arc<dyn RequestHooks<M::Request>>) {
        let shared = Arc::new(SharedHooks::<M, H::Hooks>::new(method, hooks.take()));
        hooks.share(Arc::clone(&shared) as _);
        self.shared = Some(Arc::clone(&shared) as _);
        (self.stream.take().expect("the handler is called once"), shared)
    }

    /// Runs what reads the messages until a hook rejects one, whatever is made of that.
    pub(crate) fn until_rejected<T>(
        &self,
        mut reader: Pin<&mut impl Future<Output = T>>,
    ) -> impl Future<Output = Result<T, Status>> {
        std::future::poll_fn(move |cx| self.poll_unless_rejected(cx, |cx| reader.as_mut().poll(cx)))
    }
}

/// What a reply needs to know of the client's side.
pub trait RequestSide<M: Method> {
    fn on_response(&self, hooks: HookStackRef<'_, M>, message: &mut M::Response) -> Result<(), Status>;

    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status>;

    /// Polls what may read messages, until one is rejected.
    fn poll_unless_rejected<T>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<Result<T, Status>> {
        if let Poll::Ready(status) = self.poll_rejection(cx) {
            return Poll::Ready(Err(status));
        }
        let value = ready!(poll(cx));
        // It may have met a rejection just now, and have made something else of it.
        match self.poll_rejection(cx) {
            Poll::Ready(status) => Poll::Ready(Err(status)),
            Poll::Pending => Poll::Ready(Ok(value)),
        }
    }
}

impl<M: Method, S> RequestSide<M> for RequestStream<M, S> {
    fn on_response(&self, _hooks: HookStackRef<'_, M>, message: &mut M::Response) -> Result<(), Status> {
        // All hooks at once, under one lock.
        self.shared.as_ref().map_or(Ok(()), |shared| shared.on_response(message))
    }

    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status> {
        self.shared.as_ref().map_or(Poll::Pending, |shared| shared.poll_rejection(cx))
    }
}

impl<M: Method, S> Drop for RequestStream<M, S> {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.end();
        }
    }
}

impl<M: Method, S> fmt::Debug for RequestStream<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestStream").finish_non_exhaustive()
    }
}
