use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

/// A body of which a part was read before. It yields that part again, and then the rest.
pub(crate) struct ResumedBody {
    /// The data that was read before.
    chunks: VecDeque<Bytes>,
    next: AfterChunks,
    body: Body,
}

/// The continuation of a body after the data that was read before.
#[derive(Default)]
pub(crate) enum AfterChunks {
    /// The body has more frames.
    #[default]
    Rest,
    /// The last frame was read too: trailers or an error.
    Last(Result<HeaderMap, Status>),
    /// The body has ended.
    End,
}

impl ResumedBody {
    /// Creates a body from the `chunks` that were read from `body`.
    pub(crate) fn new(mut chunks: VecDeque<Bytes>, next: AfterChunks, body: Body) -> Self {
        // An empty chunk would be sent as an empty DATA frame.
        chunks.retain(|chunk| !chunk.is_empty());
        Self { chunks, next, body }
    }

    /// Creates a body from the one `frame` that was read from `body`. `None` is its end.
    pub(crate) fn from_frame(frame: Option<Result<Frame<Bytes>, Status>>, body: Body) -> Self {
        let (chunk, next) = match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => (Some(data), AfterChunks::Rest),
            Some(Ok(Err(last))) => (None, AfterChunks::Last(Ok(last.into_trailers().unwrap_or_default()))),
            Some(Err(status)) => (None, AfterChunks::Last(Err(status))),
            None => (None, AfterChunks::End),
        };
        Self::new(chunk.into_iter().collect(), next, body)
    }
}

impl http_body::Body for ResumedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(chunk) = self.chunks.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match std::mem::replace(&mut self.next, AfterChunks::End) {
            AfterChunks::Rest => {
                self.next = AfterChunks::Rest;
                Pin::new(&mut self.body).poll_frame(cx)
            }
            AfterChunks::Last(last) => Poll::Ready(Some(last.map(Frame::trailers))),
            AfterChunks::End => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        // If the end was read before, the inner body still knows if it was a regular one.
        self.chunks.is_empty() && !matches!(self.next, AfterChunks::Last(_)) && self.body.is_end_stream()
    }
}
