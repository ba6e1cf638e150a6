//! How a reply says that it has ended: in its trailers, or in its headers if that is all there is.

use http::{HeaderMap, HeaderName, StatusCode};
use tonic::{Code, Status};

use crate::details;

pub(super) const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Whether these headers say how the reply has ended, and that well: what says so leaves them.
pub(super) fn take_end(headers: &mut HeaderMap) -> Result<bool, Status> {
    match headers.get(STATUS) {
        None => return Ok(false),
        Some(code) if Code::from_bytes(code.as_bytes()) == Code::Ok => {}
        Some(_) => {
            // tonic panics at details that are no base64.
            details::check(headers);
            return Err(Status::from_header_map(headers).expect("there is a code"));
        }
    }
    for key in [STATUS, MESSAGE, details::KEY] {
        headers.remove(key);
    }
    Ok(true)
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
