//! The responses to requests that are not gRPC, as [gRPC over HTTP/2] demands them.
//!
//! [gRPC over HTTP/2]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use tonic::body::Body;

use crate::metadata;

/// Returns the response to a request that is not gRPC, or `None` if the request is gRPC.
pub(super) fn refusal<B>(request: &http::Request<B>) -> Option<http::Response<Body>> {
    if request.method() != Method::POST {
        let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return Some(response);
    }
    let content_type = metadata::first_value(request.headers(), &CONTENT_TYPE);
    let content_type = content_type.map_or(&[][..], HeaderValue::as_bytes);
    match content_type.strip_prefix(b"application/grpc") {
        Some([] | [b'+' | b';', ..]) => None,
        // The specification says: "gRPC servers SHOULD respond with HTTP status of 415".
        _ => Some(empty(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
}

fn empty(status: StatusCode) -> http::Response<Body> {
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
