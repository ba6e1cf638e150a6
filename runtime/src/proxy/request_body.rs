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

/// The body of a request whose messages pass the hooks.
pub(super) struct RequestBody {
    body: Body,
    frames: MessageFrames,
    gate: Arc<dyn RequestHooks<EncodedMessage>>,
    /// On a server: where to take note of a client that breaks off.
    upload: Option<Upload>,
    state: State,
}

enum State {
    Open,
    /// What came before the end has gone on: it is next, with a status unless all is well.
    Ending(Option<Status>),
    Over,
}

impl RequestBody {
    pub(super) fn new(
        body: Body,
        gate: Arc<dyn RequestHooks<EncodedMessage>>,
        upload: Option<Upload>,
    ) -> Self {
        Self { body, frames: MessageFrames::default(), gate, upload, state: State::Open }
    }

    /// A piece of the body as far as it may go on; nothing, if there is none of it.
    fn pass(&mut self, frame: Frame<Bytes>) -> Option<Frame<Bytes>> {
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
        let (data, result) = self.frames.pass(data, |message| self.gate.on_request(message));
        if let Err(status) = result {
            self.state = State::Ending(Some(status));
        }
        (!data.is_empty()).then(|| Frame::data(data))
    }

    /// The body says that it has ended.
    fn finish(&mut self, status: Option<Status>, cx: &mut Context<'_>) -> Poll<()> {
        let is_broken = status.as_ref().is_some_and(is_upload_error);
        self.state = State::Ending(status.or_else(|| self.frames.check_end().err()));
        let Some(upload) = &self.upload else { return Poll::Ready(()) };
        if is_broken {
            upload.set_aborted();
        } else if self.body.is_end_stream() {
            // hyper has received END_STREAM.
            return Poll::Ready(());
        }
        // A reset with NO_ERROR is no error of hyper's. Before the service acts on the end, its call is polled
        // again: hyper then knows, and drops it.
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
                    self.state = State::Over;
                    return Poll::Ready(status.map(|status| Err(as_aborted(status))));
                }
                State::Over => return Poll::Ready(None),
            }
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(frame) = self.pass(frame) {
                        return Poll::Ready(Some(Ok(frame)));
                    }
                }
                Poll::Ready(end) => ready!(self.finish(end.and_then(Result::err), cx)),
                // The client is silent: its call may have ended all the same.
                Poll::Pending => self.state = State::Ending(Some(ready!(self.gate.poll_end(cx)))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self.state {
            State::Open => self.frames.check_end().is_ok() && self.body.is_end_stream(),
            State::Ending(_) => false,
            State::Over => true,
        }
    }
}
