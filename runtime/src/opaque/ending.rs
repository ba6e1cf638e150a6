//! How a reply says that it has ended: in its trailers, or in its headers if that is all there is.

use http::{HeaderMap, StatusCode};
use tonic::{Code, Status};

use crate::details;

pub(super) const STATUS: &str = "grpc-status";
const MESSAGE: &str = "grpc-message";

/// The status among these headers, if there is one. It leaves them.
pub(super) fn take_status(headers: &mut HeaderMap) -> Option<Status> {
    // tonic panics at details that are no base64.
    details::check(headers);
    let status = Status::from_header_map(headers)?;
    for key in [STATUS, MESSAGE, details::KEY.as_str()] {
        headers.remove(key);
    }
    Some(status)
}

/// What a reply has ended with that does not say so, by [gRPC's mapping].
///
/// [gRPC's mapping]: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
pub(super) fn without_status(http: StatusCode) -> Status {
    let code = match http {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    };
    Status::new(code, format!("the reply has no grpc-status, and the HTTP status {}", http.as_u16()))
}
