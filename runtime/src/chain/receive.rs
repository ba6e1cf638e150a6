//! The client's side of an exchange: how a handler gets what the client sends.

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
    /// Waits until the message is there. Nothing is read of it for a call that has no time left.
    // Not an `async fn`: its state would be part of every call's.
    #[inline]
    pub fn read_message(&mut self, call: &Call) -> impl Future<Output = Result<(), Status>> {
        std::future::poll_fn(|cx| self.request.poll_message(call, cx))
    }

    /// Shows the message to the hooks, and hands it over.
    ///
    /// # Panics
    ///
    /// The second time. The expansion calls it once, and a future cannot run twice.
    #[inline]
    pub fn receive(&mut self, call: &Call, hooks: HookStackRef<'_, M>) -> Result<M::Request, Status> {
        call.check_deadline()?;
        // Before it moves: it is moved once.
        if let Some(message) = self.request.message_mut() {
            hooks.on_request(message)?;
        }
        Ok(self.request.take())
    }
}

impl<M: Method, O> Exchange<M, RequestStream<M, RequestMessages<M::Request>>, O> {
    /// Hands over the stream, which shows each message to the hooks.
    ///
    /// # Panics
    ///
    /// The second time, as above.
    pub fn receive<S: SharedHookStack<M>>(
        &mut self,
        call: &Call,
        hooks: &mut S,
    ) -> Result<Streaming<M::Request>, Status> {
        call.check_deadline()?;
        let (stream, gate) = self.request.share(call.method().clone(), hooks);
        Ok(Streaming::new(stream.send_headers(call), gate, self.request.upload()))
    }

    /// Runs the handler until a hook rejects a message, whatever the handler makes of that.
    // Not an `async fn`: that would borrow the reply as well, which need not be `Sync`.
    pub fn until_rejected<T>(
        &self,
        handler: Pin<&mut impl Future<Output = T>>,
    ) -> impl Future<Output = Result<T, Status>> {
        self.request.until_rejected(handler)
    }
}
