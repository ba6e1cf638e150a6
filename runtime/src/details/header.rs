use base64::Engine;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::MethodInfo;
use crate::metadata::BASE64;

pub(crate) const KEY: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// Drops details that are not valid base64 from headers or trailers: tonic panics at them.
pub(crate) fn drop_unreadable(method: &MethodInfo, headers: &mut HeaderMap) {
    if headers.get_all(KEY).iter().any(|details| decode_header(details).is_none()) {
        headers.remove(KEY);
        let (method, key) = (method.path(), KEY);
        tracing::warn!(target: "vestibule", method, key = key.as_str(), "details that a server has sent are not base64: they are dropped");
    }
}

/// Decodes the value of the header.
pub(crate) fn decode_header(details: &HeaderValue) -> Option<Bytes> {
    BASE64.decode(details).ok().map(Bytes::from)
}
