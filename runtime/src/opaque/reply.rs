use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Frame;
use tonic::body::Body;
use tonic::{Code, Response, Status};

use super::message::Side;
use crate::Call;
use crate::chain::{ReplyStream, checked_status};

/// How a chain ends. A success is an error with the code OK: it has metadata.
pub(super) fn end<M: Side>(call: &Call, result: Result<(), Status>) -> Status {
    let mut end = result.map_or_else(|status| checked_status(call, status), |()| Status::ok(""));
    call.sent().move_all_into(end.metadata_mut());
    if end.code() == Code::Ok { end } else { M::leaving(call, end) }
}

/// The response of which a chain is the source.
pub(super) fn response<M: Side>(reply: Response<ReplyStream<Bytes>>) -> http::Response<Body> {
    let (metadata, stream, extensions) = reply.into_parts();
    let body = ReplyBody::<M> { stream: Some(stream), side: PhantomData };
    let mut response = http::Response::new(Body::new(body));
    *response.headers_mut() = metadata.into_headers();
    *response.extensions_mut() = extensions;
    response
}

/// The body of that response.
struct ReplyBody<M> {
    /// None: it has ended.
    stream: Option<ReplyStream<Bytes>>,
    side: PhantomData<fn(M)>,
}

impl<M: Side> http_body::Body for ReplyBody<M> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(None) };
        match ready!(Pin::new(stream).poll_next(cx)) {
            Some(Ok(data)) => Poll::Ready(Some(Ok(Frame::data(data)))),
            last => {
                self.stream = None;
                let end = last.and_then(Result::err).unwrap_or_else(|| Status::ok(""));
                Poll::Ready(Some(M::last(end)))
            }
        }
    }
}
