//! The methods of an exchange that pass the client's messages to the handler.

use std::future::Future;
use std::pin::Pin;

use tonic::Status;

use super::exchange::Exchange;
use super::hook_stack::{HookStackRef, SharedHookStack};
use super::request::{RequestMessages, SingleRequest};
use super::request_stream::RequestStream;
use super::streaming::Streaming;
use crate::{Call, Method};

impl<M: Method, O> Exchange<M, SingleRequest<M::Request>, O> {
    /// Waits until the message is complete. It fails at once if the deadline of the call has passed.
    // This is not an `async fn`, because the state of its future would make every call larger.
    #[inline]
    pub fn read_message(&mut self, call: &Call) -> impl Future<Output = Result<(), Status>> {
        std::future::poll_fn(|cx| self.request.poll_message(call, cx))
    }

    /// Calls the hooks with the message, and returns it.
    ///
    /// # Panics
    ///
    /// Panics the second time. The expansion calls it once.
    #[inline]
    pub fn receive(&mut self, call: &Call, hooks: HookStackRef<'_, M>) -> Result<M::Request, Status> {
        call.check_deadline()?;
        // The hooks see the message in its place, so that it is moved once only.
        if let Some(message) = self.request.message_mut() {
            hooks.on_request(message)?;
        }
        Ok(self.request.take())
    }
}

impl<M: Method, O> Exchange<M, RequestStream<M, RequestMessages<M::Request>>, O> {
    /// Returns the stream, which calls the hooks with each message.
    ///
    /// # Panics
    ///
    /// Panics the second time. The expansion calls it once.
    pub fn receive<S: SharedHookStack<M>>(
        &mut self,
        call: &Call,
        hooks: &mut S,
    ) -> Result<Streaming<M::Request>, Status> {
        call.check_deadline()?;
        let (messages, hooks) = self.request.share(call.method().clone(), hooks);
        Ok(Streaming::new(messages.into_streaming(call), hooks, self.request.upload()))
    }

    /// Runs the handler until it ends or a hook rejects a message. The handler cannot ignore a rejection.
    // This is not an `async fn`, because its future would borrow the response, which need not be `Sync`.
    pub fn until_rejected<T>(
        &self,
        handler: Pin<&mut impl Future<Output = T>>,
    ) -> impl Future<Output = Result<T, Status>> {
        self.request.until_rejected(handler)
    }
}
