use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

use super::Message;
use super::frames::Frames;
use crate::chain::Gate;
use crate::cut_short::{is_cut_short, told};
use crate::mount::Upload;

/// The body of a request whose messages pass the hooks.
pub(super) struct RequestBody {
    body: Body,
    frames: Frames,
    gate: Arc<dyn Gate<Message>>,
    /// Where to take note of a client that breaks off.
    upload: Option<Upload>,
    failure: Failure,
}

/// Whether anything more is read.
enum Failure {
    None,
    /// What came before it goes first.
    Pending(Status),
    Told,
}

impl RequestBody {
    pub(super) fn new(body: Body, gate: Arc<dyn Gate<Message>>, upload: Option<Upload>) -> Self {
        Self { body, frames: Frames::default(), gate, upload, failure: Failure::None }
    }

    fn fail(&mut self, status: Status) -> Option<Result<Frame<Bytes>, Status>> {
        self.failure = Failure::Told;
        Some(Err(told(status)))
    }

    /// A piece of the body as far as it may go on; nothing, if there is none of it.
    fn pass(&mut self, data: Bytes) -> Option<Result<Frame<Bytes>, Status>> {
        let (data, result) = self.frames.pass(data, |message| self.gate.admit(message));
        match result {
            Ok(()) if data.is_empty() => None,
            Err(status) if data.is_empty() => self.fail(status),
            result => {
                self.failure = result.err().map_or(Failure::None, Failure::Pending);
                Some(Ok(Frame::data(data)))
            }
        }
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
            match std::mem::replace(&mut self.failure, Failure::Told) {
                Failure::None => self.failure = Failure::None,
                Failure::Pending(status) => return Poll::Ready(self.fail(status)),
                Failure::Told => return Poll::Ready(None),
            }
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                // The client is silent: its call may have ended all the same.
                let status = ready!(self.gate.poll_end(cx));
                return Poll::Ready(self.fail(status));
            };
            let frame = match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => match self.pass(data) {
                        Some(frame) => Some(frame),
                        None => continue,
                    },
                    Err(trailers) => Some(Ok(trailers)),
                },
                Some(Err(status)) => {
                    if let Some(upload) = &self.upload
                        && is_cut_short(&status)
                    {
                        upload.set_broken_off();
                    }
                    self.fail(status)
                }
                None => match self.frames.end() {
                    Ok(()) => None,
                    Err(status) => self.fail(status),
                },
            };
            return Poll::Ready(frame);
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.failure, Failure::None) && self.frames.end().is_ok() && self.body.is_end_stream()
    }
}
