//! The gRPC status of a response over HTTP/2. It stands in the trailers, or in the headers if the response has
//! nothing else.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use percent_encoding::percent_decode;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::{Call, details, metadata};

pub(crate) const STATUS: HeaderName = HeaderName::from_static("grpc-status");
/// The beginning of the keys of a status and of its details.
const STATUS_PREFIX: &str = "grpc-status";
const OK: &str = "0";
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Removes the status of a response from its headers or trailers. Returns true for OK, and false if they contain no
/// status. A failure is an error, and the other headers are its metadata.
///
/// All headers and trailers of a response pass this function, so that it drops details that can't be read.
pub(crate) fn take_status(call: &Call, headers: &mut HeaderMap) -> Result<bool, Status> {
    // A look at the few keys costs less than to hash the names of the status.
    if !headers.keys().any(|key| key.as_str().starts_with(STATUS_PREFIX)) {
        return Ok(false);
    }
    details::drop_unreadable(call.method(), headers);
    let Some(code) = headers.remove(STATUS) else { return Ok(false) };
    let [message, details] = [MESSAGE, details::KEY].map(|key| headers.remove(key));
    let code = Code::from_bytes(code.as_bytes());
    if code == Code::Ok {
        return Ok(true);
    }
    // A failure has no messages, so the encoding of messages means nothing.
    headers.remove(metadata::ENCODING);
    call.added_metadata().set_service_headers(headers);
    Err(new_status(code, message.as_ref(), details.as_ref(), std::mem::take(headers)))
}

/// Returns the status in the headers of a response that has nothing else, or `None` if they contain none.
pub(crate) fn read_status(headers: &HeaderMap) -> Option<Status> {
    let code = Code::from_bytes(headers.get(STATUS)?.as_bytes());
    let [message, details] = [MESSAGE, details::KEY].map(|key| headers.get(key));
    let mut metadata = headers.clone();
    for key in [STATUS, MESSAGE, details::KEY] {
        metadata.remove(key);
    }
    Some(new_status(code, message, details, metadata))
}

fn new_status(
    code: Code,
    message: Option<&HeaderValue>,
    details: Option<&HeaderValue>,
    metadata: HeaderMap,
) -> Status {
    let message = message.map(decode_message).unwrap_or_default();
    let details = details.and_then(details::decode_header).unwrap_or_default();
    Status::with_details_and_metadata(code, message, details, MetadataMap::from_headers(metadata))
}

/// Returns true if trailers contain the status OK and nothing else. Those of most calls do.
pub(super) fn is_ok(trailers: &HeaderMap) -> bool {
    let mut trailers = trailers.iter();
    matches!((trailers.next(), trailers.next()), (Some((key, code)), None) if key == STATUS && code == OK)
}

/// Decodes a `grpc-message` as far as it can be read. [gRPC over HTTP/2] says that an invalid message is no error
/// and is not discarded; tonic would end the call with UNKNOWN.
///
/// [gRPC over HTTP/2]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
fn decode_message(message: &HeaderValue) -> String {
    percent_decode(message.as_bytes()).decode_utf8_lossy().into_owned()
}

/// Returns the status of a response that contains none, by [gRPC's mapping] of HTTP statuses.
///
/// [gRPC's mapping]: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
pub(crate) fn status_of_http(http: StatusCode) -> Status {
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
    Status::new(code, format!("the response has no grpc-status, and the HTTP status {}", http.as_u16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_that_cannot_be_read_leave_the_rest_of_a_status() {
        let mut headers = HeaderMap::new();
        headers.insert(STATUS, HeaderValue::from_static("5"));
        headers.insert(MESSAGE, HeaderValue::from_static("no such name"));
        headers.insert(details::KEY, HeaderValue::from_static("no base64"));
        let status = read_status(&headers).unwrap();
        assert_eq!(
            (status.code(), status.message(), status.details()),
            (Code::NotFound, "no such name", &[][..])
        );
        assert!(status.metadata().is_empty());
    }
}
