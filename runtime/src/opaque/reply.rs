use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, Version};
use http_body::Frame;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Response, Status};

use super::ending::STATUS;
use super::message::Side;
use crate::Call;
use crate::chain::{ReplyStream, checked_status};

/// How a chain ends. A success that has metadata is an error with the code OK.
pub(super) fn end<M: Side>(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    match result {
        Ok(()) => {
            let mut metadata = MetadataMap::new();
            call.sent().move_all_into(&mut metadata);
            if metadata.is_empty() { Ok(()) } else { Err(Status::with_metadata(Code::Ok, "", metadata)) }
        }
        Err(status) => {
            let mut status = checked_status(call, status);
            call.sent().move_all_into(status.metadata_mut());
            Err(M::leaving(call, status))
        }
    }
}

/// The response of which a chain is the source.
pub(super) fn response<M: Side>(reply: Response<ReplyStream<Bytes>>) -> http::Response<Body> {
    let (metadata, stream, extensions) = reply.into_parts();
    let body = ReplyBody::<M> { stream: Some(stream), side: PhantomData };
    let mut response = http::Response::new(Body::new(body));
    *response.version_mut() = Version::HTTP_2;
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
                Poll::Ready(Some(match last.and_then(Result::err) {
                    Some(status) => M::last(status),
                    None => {
                        Ok(Frame::trailers(HeaderMap::from_iter([(STATUS, HeaderValue::from_static("0"))])))
                    }
                }))
            }
        }
    }
}
