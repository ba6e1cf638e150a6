use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

use super::message::EncodedMessage;
use super::message_frames::MessageFrames;
use crate::call::Upload;
use crate::call::{as_aborted, is_upload_error};
use crate::chain::RequestHooks;

/// The body of a request that runs the hooks for each message.
pub(super) struct RequestBody {
    body: Body,
    frames: MessageFrames,
    hooks: Arc<dyn RequestHooks<EncodedMessage>>,
    is_server: bool,
    /// Records that the client has aborted its upload, on a server whose chain has hooks.
    upload: Option<Upload>,
    state: State,
}

enum State {
    Open,
    /// All data has been returned. The end is next: an error with this status, or a regular end without one.
    Ending(Option<Status>),
    Ended,
}

impl RequestBody {
    pub(super) fn new(
        body: Body,
        hooks: Arc<dyn RequestHooks<EncodedMessage>>,
        is_server: bool,
        upload: Option<Upload>,
    ) -> Self {
        Self { body, frames: MessageFrames::default(), hooks, is_server, upload, state: State::Open }
    }

    /// Returns the part of a frame that may be sent on, or `None` if none of it may.
    fn inspect(&mut self, frame: Frame<Bytes>) -> Option<Frame<Bytes>> {
        let data = match frame.into_data() {
            Ok(data) => data,
            Err(trailers) => match self.frames.check_end() {
                Ok(()) => return Some(trailers),
                Err(status) => {
                    self.state = State::Ending(Some(status));
                    return None;
                }
            },
        };
        let (data, result) = self.frames.inspect(data, |message| self.hooks.on_request(message));
        if let Err(status) = result {
            self.state = State::Ending(Some(status));
        }
        (!data.is_empty()).then(|| Frame::data(data))
    }

    /// Ends the body after its last frame, or after the error `status`.
    fn poll_finish(&mut self, status: Option<Status>, cx: &mut Context<'_>) -> Poll<()> {
        let is_aborted = status.as_ref().is_some_and(is_upload_error);
        self.state = State::Ending(status.or_else(|| self.frames.check_end().err()));
        if !self.is_server {
            return Poll::Ready(());
        }
        if is_aborted {
            if let Some(upload) = &self.upload {
                upload.set_aborted();
            }
        } else if self.body.is_end_stream() {
            // hyper has received END_STREAM.
            return Poll::Ready(());
        }
        // hyper reports a reset with NO_ERROR as a regular end. This yields once before the service sees the end,
        // so that hyper can drop a call that was reset.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            match &mut self.state {
                State::Open => {}
                State::Ending(status) => {
                    let status = status.take();
                    self.state = State::Ended;
                    return Poll::Ready(status.map(|status| Err(as_aborted(status))));
                }
                State::Ended => return Poll::Ready(None),
            }
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(frame) = self.inspect(frame) {
                        return Poll::Ready(Some(Ok(frame)));
                    }
                }
                Poll::Ready(end) => ready!(self.poll_finish(end.and_then(Result::err), cx)),
                // The client sends nothing now, but the call may have ended meanwhile.
                Poll::Pending => self.state = State::Ending(Some(ready!(self.hooks.poll_end(cx)))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self.state {
            State::Open => self.frames.check_end().is_ok() && self.body.is_end_stream(),
            State::Ending(_) => false,
            State::Ended => true,
        }
    }
}
