use base64::Engine;
use http::{HeaderMap, HeaderName};

use crate::metadata::BASE64;

pub(crate) const KEY: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// Drops details that are no base64: tonic panics when it reads them.
pub(crate) fn check(headers: &mut HeaderMap) {
    if headers.get(KEY).is_some_and(|details| BASE64.decode(details).is_err()) {
        headers.remove(KEY);
        tracing::warn!(target: "vestibule", "a server has sent details that are no base64; they are dropped");
    }
}
