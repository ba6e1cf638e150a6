//! The body of a response that needs no chain any more.
//!
//! A chain runs to the end of a call, and each frame of the response passes through it. But if no interceptor has anything
//! to do after its start, the chain ends when the response has headers. From then on, the caller of the chain polls the
//! body of the service itself. This saves a poll of the chain for each frame, and the lock through which the frame would
//! pass.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body::Frame;
use pin_project_lite::pin_project;
use tonic::Status;

use super::grpc_status::{is_ok, status_of_http, take_status};
use super::message_frames::MessageFrames;
use super::side::ProxySide;
use crate::Call;
use crate::call::scope_deadline;
use crate::chain::{ResponseSender, catch_panic};
use crate::status::BoxError;

/// The parts of a response's head that determine its status at the end.
#[derive(Clone, Copy)]
pub(super) struct ResponseHead {
    pub(super) http: StatusCode,
    /// True if the headers contained the status OK.
    pub(super) has_status: bool,
}

impl ResponseHead {
    /// Returns true if the service has failed without a status of gRPC in its headers.
    pub(super) fn is_http_failure(self) -> bool {
        !self.has_status && self.http != StatusCode::OK
    }

    /// Checks the end of a body with these trailers. Returns them if they say OK and nothing else. Otherwise it adds
    /// them to the metadata of the call.
    pub(super) fn check_end(
        self,
        call: &Call,
        frames: &MessageFrames,
        mut trailers: HeaderMap,
    ) -> Result<Option<HeaderMap>, Status> {
        let is_ok = is_ok(&trailers);
        let has_status = is_ok || take_status(call, &mut trailers)? || self.has_status;
        frames.check_end()?;
        if !has_status {
            return Err(status_of_http(self.http));
        }
        if is_ok {
            return Ok(Some(trailers));
        }
        call.added_metadata().put_trailers(trailers);
        Ok(None)
    }
}

/// A guard that ends the request stream when the call ends.
pub(super) struct CallEnd(ResponseSender<Bytes>);

impl CallEnd {
    pub(super) fn new(sender: ResponseSender<Bytes>) -> Self {
        Self(sender)
    }
}

impl Drop for CallEnd {
    fn drop(&mut self) {
        self.0.close();
    }
}

pin_project! {
    /// The body of a response, before any of it was sent back.
    pub(crate) struct UnsentBody<B> {
        #[pin]
        pub(super) body: B,
        pub(super) head: ResponseHead,
        pub(super) frames: MessageFrames,
        // The last field, because the request stream ends after the body is dropped.
        call_end: CallEnd,
    }
}

impl<B> UnsentBody<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    pub(super) fn new(head: ResponseHead, body: B, call_end: CallEnd) -> Self {
        Self { body, head, frames: MessageFrames::default(), call_end }
    }

    /// Polls for data, or for the end of the body: its trailers as [`ResponseHead::check_end`] returns them.
    pub(super) fn poll_data<M: ProxySide>(
        self: Pin<&mut Self>,
        call: &Call,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Bytes, Result<Option<HeaderMap>, Status>>> {
        let mut this = self.project();
        loop {
            let frame = ready!(poll_service::<M, B>(this.body.as_mut(), call, cx));
            let last = match frame.transpose().map(|frame| frame.map(Frame::into_data)) {
                Ok(Some(Ok(data))) => {
                    let (data, _) = this.frames.inspect(data, |_| Ok(()));
                    if data.is_empty() {
                        continue;
                    }
                    return Poll::Ready(Ok(data));
                }
                Ok(Some(Err(last))) => Ok(last.into_trailers().unwrap_or_default()),
                Ok(None) => Ok(HeaderMap::new()),
                Err(status) => Err(status),
            };
            let end = last.and_then(|trailers| this.head.check_end(call, this.frames, trailers));
            return Poll::Ready(Err(end));
        }
    }
}

/// Polls the body of the service as the chain would: with the deadline of the call, and a panic is an error.
fn poll_service<M, B>(
    body: Pin<&mut B>,
    call: &Call,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, Status>>>
where
    M: ProxySide,
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let poll = || catch_panic(call.method(), || body.poll_frame(cx));
    let poll = match call.client_deadline() {
        Some(deadline) => scope_deadline(deadline, poll),
        None => poll(),
    };
    match poll {
        Ok(poll) => {
            poll.map(|frame| frame.map(|frame| frame.map_err(|error| M::status_of_error(error.into()))))
        }
        Err(status) => Poll::Ready(Some(Err(status))),
    }
}
