use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Version};
use http_body::Frame;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Response, Status};

use super::grpc_status::STATUS;
use super::side::ProxySide;
use crate::chain::{ResponseStream, check_status};
use crate::{Call, metadata};

/// Returns the result of a call with the metadata that its interceptors have added. A success with metadata is an
/// error with the code OK, because only a `Status` can carry metadata here.
pub(crate) fn end_call<M: ProxySide>(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    let service_headers = call.added_metadata().service_headers();
    let mut status = match result {
        Ok(()) => {
            let mut trailers = MetadataMap::new();
            call.added_metadata().move_all_into(call.method(), &mut trailers);
            if trailers.is_empty() && service_headers.is_empty() {
                return Ok(());
            }
            Status::with_metadata(Code::Ok, "", trailers)
        }
        Err(status) => {
            let mut status = check_status(call, status);
            let headers = status.metadata_mut().as_mut();
            service_headers.keys().for_each(|key| drop(headers.remove(key)));
            metadata::drop_reserved_of_status(Some(call.method()), headers);
            call.added_metadata().move_all_into(call.method(), status.metadata_mut());
            M::finalize(call, status)
        }
    };
    M::check_size(call, status.metadata().as_ref());
    status.metadata_mut().as_mut().extend(service_headers);
    Err(status)
}

/// Returns the response for a call that has failed before its headers were sent.
pub(crate) fn failure_response(status: Status) -> http::Response<Body> {
    // No interceptor can set the content-type, so this one comes from the service.
    let content_type = status.metadata().as_ref().get(CONTENT_TYPE).cloned();
    let mut response = status.into_http::<Body>();
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

/// Converts the response of a chain into one over HTTP/2.
pub(crate) fn into_http<M: ProxySide>(response: Response<ResponseStream<Bytes>>) -> http::Response<Body> {
    let (metadata, stream, extensions) = response.into_parts();
    let body = ResponseBody::<M> { stream: Some(stream), side: PhantomData };
    let mut response = http::Response::new(Body::new(body));
    *response.version_mut() = Version::HTTP_2;
    *response.headers_mut() = metadata.into_headers();
    *response.extensions_mut() = extensions;
    response
}

/// The body of a response that a chain sends.
struct ResponseBody<M> {
    /// `None` after the end.
    stream: Option<ResponseStream<Bytes>>,
    side: PhantomData<fn(M)>,
}

impl<M: ProxySide> http_body::Body for ResponseBody<M> {
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
                    Some(status) => M::last_frame(status),
                    None => {
                        Ok(Frame::trailers(HeaderMap::from_iter([(STATUS, HeaderValue::from_static("0"))])))
                    }
                }))
            }
        }
    }
}
