//! The methods of an exchange that send the handler's response to the client.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tonic::metadata::MetadataMap;
use tonic::{Response, Status};

use super::exchange::Exchange;
use super::hook_stack::HookStackRef;
use super::request_stream::RequestSide;
use super::response::{SingleResponse, StreamingResponse};
use super::response_sender::ResponseSender;
use crate::call::Part;
use crate::{Call, Method, metadata, status};

impl<M: Method, I: RequestSide<M>> Exchange<M, I, SingleResponse<M::Response>> {
    /// Calls the hooks with the response, and stores it until the chain has ended.
    #[inline]
    pub fn send_response(
        &mut self,
        call: &Call,
        mut response: Response<M::Response>,
        hooks: HookStackRef<'_, M>,
    ) -> Result<(), Status> {
        self.request.on_response(hooks, response.get_mut())?;
        self.response.0 = Some(response);
        call.progress().set_response();
        Ok(())
    }

    /// Returns the result of the trait's method after the chain has ended with `result`.
    #[inline]
    pub fn end(&mut self, call: &Call, result: Result<(), Status>) -> Result<Response<M::Response>, Status> {
        match (result, self.response.0.take()) {
            (Ok(()), Some(mut response)) => {
                let has_added = !call.added_metadata().is_empty();
                finish_headers(call, response.metadata_mut(), has_added);
                if has_added {
                    call.move_trailers(response.extensions_mut());
                }
                Ok(response)
            }
            (Ok(()), None) => unreachable!("`GuardedRest` accepts no success without a response"),
            (Err(status), _) => Err(finalize_error(call, status)),
        }
    }
}

/// Completes the metadata of a single response.
fn finish_headers(call: &Call, metadata: &mut MetadataMap, has_added: bool) {
    metadata::drop_copied(call.method(), metadata.as_mut());
    if has_added {
        call.added_metadata().move_into(Part::Response, call.method(), metadata);
    }
    call.warn_if_too_large(metadata.as_ref());
}

impl<M: Method, I: RequestSide<M>> Exchange<M, I, ResponseSender<M::Response>> {
    /// Sends the headers of the response, and then each message that the hooks accept.
    pub async fn send_stream<S, P, E>(
        &mut self,
        call: &Call,
        response: StreamingResponse<S, P>,
        hooks: HookStackRef<'_, M>,
        into_status: impl Fn(E) -> Status,
    ) -> Result<(), Status>
    where
        P: FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<Result<M::Response, E>>>,
    {
        let StreamingResponse { response, mut poll } = response;
        let (mut headers, stream, extensions) = response.into_parts();
        metadata::drop_copied(call.method(), headers.as_mut());
        call.added_metadata().move_into(Part::Response, call.method(), &mut headers);
        call.warn_if_too_large(headers.as_ref());
        self.response.send_headers(Response::from_parts(headers, (), extensions)).await;
        let mut stream = pin!(stream);
        let mut poll_next = |cx: &mut Context<'_>| match poll(stream.as_mut(), cx) {
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(into_status(error)))),
            Poll::Ready(Some(Ok(message))) => Poll::Ready(Some(Ok(message))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        };
        std::future::poll_fn(|cx| self.poll_send(call, hooks, &mut poll_next, cx)).await?;
        call.progress().set_response();
        Ok(())
    }

    /// Sends the next message of the handler's stream, and is pending until the client has received it. It is ready at
    /// the end of the stream, or with an error of the handler or of a hook.
    // This is one function and no loop of futures, because each future costs as much as the rest of a message.
    #[inline]
    fn poll_send(
        &mut self,
        call: &Call,
        hooks: HookStackRef<'_, M>,
        poll_next: &mut impl FnMut(&mut Context<'_>) -> Poll<Option<Result<M::Response, Status>>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        // Without an interceptor that wraps the call, only the stream of the response polls the chain, and it receives
        // each message at once. Otherwise an interceptor may poll again earlier, or only after a wake.
        let is_wrapped = call.progress().is_wrapped();
        if is_wrapped {
            ready!(self.response.poll_received(cx));
        }
        match ready!(self.request.poll_unless_rejected(cx, poll_next))? {
            None => Poll::Ready(Ok(())),
            Some(message) => {
                let mut message = message?;
                self.request.on_response(hooks, &mut message)?;
                self.response.put_message(message, is_wrapped.then_some(cx));
                Poll::Pending
            }
        }
    }

    /// Returns a clone of the sender, for the stream of the response.
    pub fn response_sender(&self) -> ResponseSender<M::Response> {
        self.response.clone()
    }

    /// Returns the end of the response stream after the chain has ended with `result`.
    ///
    /// Metadata that was not sent with the headers goes into the trailers.
    pub fn end(&self, call: &Call, result: Result<(), Status>) -> Result<(), Status> {
        match result {
            Ok(()) => {
                // tonic sends the metadata of an error with the code OK as the trailers of a success.
                let mut status = Status::ok("");
                call.added_metadata().move_all_into(call.method(), status.metadata_mut());
                call.warn_if_too_large(status.metadata().as_ref());
                if status.metadata().is_empty() { Ok(()) } else { Err(status) }
            }
            Err(status) => Err(finalize_error(call, status)),
        }
    }
}

/// Adds the metadata of the call to the status of a failure, and finalizes it. `CallFuture` has checked the status.
#[cold]
fn finalize_error(call: &Call, mut status: Status) -> Status {
    call.added_metadata().move_all_into(call.method(), status.metadata_mut());
    call.warn_if_too_large(status.metadata().as_ref());
    status::finalize(call.method(), status)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::chain::ServerStreaming;

    /// The messages of prost are `Sync`, but those of other codecs may not be.
    #[test]
    fn a_message_need_not_be_sync() {
        fn check(exchange: &mut ServerStreaming<Cell<u8>, u8>, call: &Call) -> impl Send {
            let messages = Response::new(tokio_stream::empty::<Result<u8, Status>>());
            let response = StreamingResponse::new(messages, futures_core::Stream::poll_next);
            async move { exchange.send_stream(call, response, &mut (), |status| status).await }
        }
        let _ = check;
    }
}
