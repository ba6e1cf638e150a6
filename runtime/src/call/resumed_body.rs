use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

/// A body of which some was read already.
pub(crate) struct Resumed {
    pieces: VecDeque<Bytes>,
    next: Next,
    body: Body,
}

/// The continuation after the pieces.
#[derive(Default)]
pub(crate) enum Next {
    /// The body goes on.
    #[default]
    Rest,
    /// This was the last frame.
    Last(Result<HeaderMap, Status>),
    /// The body has ended.
    End,
}

impl Resumed {
    /// Makes a body of the `pieces` that were read of `body`, and what comes after them.
    pub(crate) fn new(mut pieces: VecDeque<Bytes>, next: Next, body: Body) -> Self {
        // An empty frame says nothing, and would be sent on.
        pieces.retain(|piece| !piece.is_empty());
        Self { pieces, next, body }
    }
}

impl http_body::Body for Resumed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Rest => {
                self.next = Next::Rest;
                Pin::new(&mut self.body).poll_frame(cx)
            }
            Next::Last(last) => Poll::Ready(Some(last.map(Frame::trailers))),
            Next::End => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        // After an end that was met ahead, the body itself still tells whether it was a regular one.
        self.pieces.is_empty() && !matches!(self.next, Next::Last(_)) && self.body.is_end_stream()
    }
}
