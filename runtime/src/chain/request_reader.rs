//! Reads the message of a client that does not stream.
//!
//! Most requests are one message in one frame. tonic's `Streaming` would copy such a message into a buffer, and it would
//! allocate that buffer, the decoder and two boxes around the body. So the message is decoded from its frame, if the codec
//! can do that. In all other cases `Streaming` reads the body, from the frame that is different. It reports all errors of
//! a body, so that a client gets the same status as from tonic's own server.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

use super::unread_request::UnreadRequest;
use crate::call::{DEFAULT_READ_AHEAD, ResumedBody};

/// The number of messages to read in one poll, so that other tasks and the deadline get their turn. A client that should
/// send one message may send messages without end.
const MAX_MESSAGES_PER_POLL: u8 = 32;

/// Reads the message of a client that does not stream.
pub(super) struct RequestReader<Req> {
    source: Source<Req>,
    message: Option<Req>,
    /// The error to return in the next poll.
    error: Option<Status>,
}

/// The part of a request that was not read yet.
enum Source<Req> {
    /// The frames of a body that is one message in one frame, as far as it is known.
    Frames(Body, UnreadRequest<Req>),
    /// The messages of any other body. The box keeps a call small that never needs it.
    Messages(Pin<Box<dyn Stream<Item = Result<Req, Status>> + Send>>),
}

impl<Req> RequestReader<Req> {
    #[inline]
    pub(super) fn new(request: UnreadRequest<Req>, body: Body) -> Self {
        Self { source: Source::Frames(body, request), message: None, error: None }
    }
}

impl<Req: Send + 'static> RequestReader<Req> {
    /// Polls for the message. It is ready when the body has ended, because dropping the body earlier would reset the stream.
    ///
    /// It must not be called again after it was ready.
    pub(super) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        if let Some(status) = self.error.take() {
            return Poll::Ready(Err(status));
        }
        match ready!(self.poll_to_end(cx)) {
            Ok(message) => Poll::Ready(Ok(message)),
            Err(status) => {
                // The client may have reset the stream. So the error is returned in the next poll only: in between, hyper
                // sees the reset and drops the call.
                self.error = Some(status);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn poll_to_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        loop {
            let Source::Frames(body, _) = &mut self.source else { return self.poll_messages(cx) };
            // A body that has ended needs no further poll, which would cost as much as that for the message.
            let is_end = self.message.is_some() && body.is_end_stream();
            let frame = if is_end { None } else { ready!(Pin::new(body).poll_frame(cx)) };
            if let Some(message) = self.read_frame(frame)? {
                return Poll::Ready(Ok(message));
            }
        }
    }

    /// Reads a frame, and returns the message if the frame ends the body.
    fn read_frame(&mut self, frame: Option<Result<Frame<Bytes>, Status>>) -> Result<Option<Req>, Status> {
        match frame.as_ref().map(|frame| frame.as_ref().map(Frame::data_ref)) {
            Some(Ok(Some(data))) if data.is_empty() => return Ok(None),
            Some(Ok(Some(data))) => {
                if let Some(message) = self.decode_frame(data) {
                    self.message = Some(message?);
                    return Ok(None);
                }
            }
            // The end, or trailers.
            None | Some(Ok(None)) if self.message.is_some() => return Ok(self.message.take()),
            None | Some(Ok(None) | Err(_)) => {}
        }
        self.leave_to_tonic(frame);
        Ok(None)
    }

    /// Decodes a frame that is the first message, whole and uncompressed. Otherwise, it returns `None`.
    #[inline]
    fn decode_frame(&self, data: &[u8]) -> Option<Result<Req, Status>> {
        let (Source::Frames(_, request), None) = (&self.source, &self.message) else { return None };
        let [0, a, b, c, d, message @ ..] = data else { return None };
        let len = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?;
        let limit = request.max_message_size.unwrap_or(DEFAULT_READ_AHEAD);
        if len != message.len() || len > limit { None } else { (request.decoders.message)(message) }
    }

    /// Lets tonic read the body, from `frame` on.
    #[cold]
    fn leave_to_tonic(&mut self, frame: Option<Result<Frame<Bytes>, Status>>) {
        if let Source::Frames(body, request) = &mut self.source {
            let body = Body::new(ResumedBody::from_frame(frame, std::mem::take(body)));
            self.source = Source::Messages(Box::pin(request.decode_body(body, None)));
        }
    }

    /// Reads the body to its end. As in tonic's own server, further messages are decoded and ignored.
    fn poll_messages(&mut self, cx: &mut Context<'_>) -> Poll<Result<Req, Status>> {
        let Source::Messages(messages) = &mut self.source else { return Poll::Pending };
        let mut remaining = MAX_MESSAGES_PER_POLL;
        while let Some(message) = ready!(messages.as_mut().poll_next(cx)?) {
            self.message.get_or_insert(message);
            remaining -= 1;
            if remaining == 0 {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        let message = self.message.take();
        Poll::Ready(message.ok_or_else(|| Status::internal("Missing request message.")))
    }
}
