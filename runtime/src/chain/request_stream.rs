use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tonic::Status;

use super::hook_stack::{HookStackRef, SharedHookStack};
use super::shared_hooks::{RequestHooks, ResponseHooks, SharedHooks};
use crate::call::Upload;
use crate::{Method, MethodInfo};

/// The side of a client that streams. `S` is the stream of its messages.
pub struct RequestStream<M: Method, S> {
    /// The stream, until the handler receives it.
    stream: Option<S>,
    /// The hooks, from the time when the handler receives the stream.
    hooks: Option<Arc<dyn ResponseHooks<M>>>,
    /// The state of the stream behind a mount or a layer.
    upload: Option<Upload>,
}

impl<M: Method, S> RequestStream<M, S> {
    pub(crate) fn new(stream: S, upload: Option<Upload>) -> Self {
        Self { stream: Some(stream), hooks: None, upload }
    }

    pub(crate) fn upload(&self) -> Option<Upload> {
        self.upload.clone()
    }

    /// Returns the stream and the hooks to call with its messages. From now on, the stream and the chain share the hooks.
    ///
    /// # Panics
    ///
    /// Panics the second time.
    pub(crate) fn share<H: SharedHookStack<M>>(
        &mut self,
        method: MethodInfo,
        hooks: &mut H,
    ) -> (S, Arc<dyn RequestHooks<M::Request>>) {
        let shared = Arc::new(SharedHooks::<M, H::Hooks>::new(method, hooks.take()));
        hooks.share(Arc::clone(&shared) as _);
        self.hooks = Some(Arc::clone(&shared) as _);
        (self.stream.take().expect("the handler is called once"), shared)
    }

    /// Runs `reader`, which reads the messages, until it ends or a hook rejects a message.
    ///
    /// A rejection ends the call even if the reader ignores it.
    pub(crate) fn until_rejected<T>(
        &self,
        mut reader: Pin<&mut impl Future<Output = T>>,
    ) -> impl Future<Output = Result<T, Status>> {
        std::future::poll_fn(move |cx| self.poll_unless_rejected(cx, |cx| reader.as_mut().poll(cx)))
    }
}

/// The side of the client, as the code that sends the response uses it.
pub trait RequestSide<M: Method> {
    /// Calls the hooks with a message from the handler. If the client streams, it has the hooks, and `hooks` is unused.
    fn on_response(&self, hooks: HookStackRef<'_, M>, message: &mut M::Response) -> Result<(), Status>;

    /// Polls for the status with which a hook has rejected a message of a client that streams.
    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status>;

    /// Returns the status with which a hook has rejected a message of a client that streams.
    fn rejection(&self) -> Option<Status>;

    /// Calls `poll`, which may read messages, and returns an error if a hook has rejected one.
    fn poll_unless_rejected<T>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<Result<T, Status>> {
        if let Some(status) = self.rejection() {
            return Poll::Ready(Err(status));
        }
        match poll(cx) {
            // A hook may have rejected a message in this very poll, and the handler may have ignored the error.
            Poll::Ready(value) => Poll::Ready(self.rejection().map_or(Ok(value), Err)),
            Poll::Pending => self.poll_rejection(cx).map(Err),
        }
    }
}

impl<M: Method, S> RequestSide<M> for RequestStream<M, S> {
    fn on_response(&self, _hooks: HookStackRef<'_, M>, message: &mut M::Response) -> Result<(), Status> {
        self.hooks.as_ref().map_or(Ok(()), |hooks| hooks.on_response(message))
    }

    fn poll_rejection(&self, cx: &mut Context<'_>) -> Poll<Status> {
        self.hooks.as_ref().map_or(Poll::Pending, |hooks| hooks.poll_rejection(cx))
    }

    fn rejection(&self) -> Option<Status> {
        self.hooks.as_ref()?.rejection()
    }
}

impl<M: Method, S> Drop for RequestStream<M, S> {
    fn drop(&mut self) {
        if let Some(hooks) = &self.hooks {
            hooks.end();
        }
    }
}

impl<M: Method, S> fmt::Debug for RequestStream<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestStream").finish_non_exhaustive()
    }
}
