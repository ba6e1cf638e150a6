//! The service's side of an exchange: how the client gets what a handler returns.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tonic::{Response, Status};

use super::exchange::Exchange;
use super::hook_stack::HookStackRef;
use super::request_stream::RequestSide;
use super::response::{SingleResponse, StreamingResponse};
use super::response_stream::ResponseSender;
use crate::call::Part;
use crate::{Call, Method, metadata, status};

impl<M: Method, I: RequestSide<M>> Exchange<M, I, SingleResponse<M::Response>> {
    /// Shows the reply to the hooks, and keeps it.
    #[inline]
    pub fn send_response(
        &mut self,
        call: &Call,
        mut reply: Response<M::Response>,
        hooks: HookStackRef<'_, M>,
    ) -> Result<(), Status> {
        self.request.on_response(hooks, reply.get_mut())?;
        self.response.0 = Some(reply);
        call.progress().set_response();
        Ok(())
    }

    /// What the trait method returns, once the chain has ended.
    #[inline]
    pub fn end(&mut self, call: &Call, result: Result<(), Status>) -> Result<Response<M::Response>, Status> {
        match (result, self.response.0.take()) {
            (Ok(()), Some(mut reply)) => {
                metadata::drop_copied(call.method(), reply.metadata_mut().as_mut());
                let has_sent = !call.sent().is_empty();
                if has_sent {
                    call.sent().move_into(Part::Response, call.method(), reply.metadata_mut());
                }
                call.warn_if_too_large(reply.metadata().as_ref());
                if has_sent {
                    call.move_trailers(reply.extensions_mut());
                }
                Ok(reply)
            }
            (Ok(()), None) => unreachable!("`GuardedRest` lets no success pass without a reply"),
            (Err(status), _) => Err(failed(call, status)),
        }
    }
}

impl<M: Method, I: RequestSide<M>> Exchange<M, I, ResponseSender<M::Response>> {
    /// Sends the headers of the reply, and then each message that the hooks let pass.
    pub async fn send_stream<S, P, E>(
        &mut self,
        call: &Call,
        reply: StreamingResponse<S, P>,
        hooks: HookStackRef<'_, M>,
        into_status: impl Fn(E) -> Status,
    ) -> Result<(), Status>
    where
        P: FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<Result<M::Response, E>>>,
    {
        let StreamingResponse { reply, mut poll } = reply;
        let (mut head, stream, extensions) = reply.into_parts();
        metadata::drop_copied(call.method(), head.as_mut());
        call.sent().move_into(Part::Response, call.method(), &mut head);
        call.warn_if_too_large(head.as_ref());
        self.response.send_headers(Response::from_parts(head, (), extensions)).await;
        let mut stream = pin!(stream);
        while let Some(message) = self.next(stream.as_mut(), &mut poll).await? {
            let mut message = message.map_err(&into_status)?;
            self.request.on_response(hooks, &mut message)?;
            self.response.send(message).await;
        }
        call.progress().set_response();
        Ok(())
    }

    /// The next message, unless one from the client is rejected meanwhile.
    // By `&mut`, to be `Send`: messages need not be `Sync`.
    async fn next<S, T>(
        &mut self,
        mut stream: Pin<&mut S>,
        poll: &mut impl FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<T>>,
    ) -> Result<Option<T>, Status> {
        let request = &mut self.request;
        std::future::poll_fn(move |cx| request.poll_unless_rejected(cx, |cx| poll(stream.as_mut(), cx))).await
    }

    /// Where the reply goes.
    pub fn response_sender(&self) -> ResponseSender<M::Response> {
        self.response.clone()
    }

    /// How the reply ends: what is left of its metadata goes into the trailers.
    pub fn end(&self, call: &Call, result: Result<(), Status>) -> Result<(), Status> {
        match result {
            Ok(()) => {
                // An error with the code OK is how tonic is told of trailers.
                let mut end = Status::ok("");
                call.sent().move_all_into(call.method(), end.metadata_mut());
                call.warn_if_too_large(end.metadata().as_ref());
                if end.metadata().is_empty() { Ok(()) } else { Err(end) }
            }
            Err(status) => Err(failed(call, status)),
        }
    }
}

/// The status that leaves the chain, which `CallFuture` has checked.
#[cold]
fn failed(call: &Call, mut status: Status) -> Status {
    call.sent().move_all_into(call.method(), status.metadata_mut());
    call.warn_if_too_large(status.metadata().as_ref());
    status::finalize(call.method(), status)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::chain::ServerStreaming;

    /// prost's messages are `Sync`; those of other codecs may not be.
    #[test]
    fn a_message_need_not_be_sync() {
        fn check(exchange: &mut ServerStreaming<Cell<u8>, u8>, call: &Call) -> impl Send {
            let messages = Response::new(tokio_stream::empty::<Result<u8, Status>>());
            let reply = StreamingResponse::new(messages, futures_core::Stream::poll_next);
            async move { exchange.send_stream(call, reply, &mut (), |status| status).await }
        }
        let _ = check;
    }
}
