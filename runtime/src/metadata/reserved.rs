//! Metadata keys that belong to HTTP and gRPC.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

use crate::MethodInfo;

/// The keys by which HTTP describes how a message is carried. A client that reads one in the wrong place takes the
/// response for malformed. tonic itself sets `te: trailers` and the content-type, at the end.
const HTTP_KEYS: [&str; 10] = [
    "connection",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The prefix of all keys of gRPC.
const GRPC_PREFIX: &str = "grpc-";

/// The one key of gRPC that services may set. It says when the client may send the call again.
pub(crate) const PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");

/// The header that names the compression of the messages.
pub(crate) const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");

/// The keys that each response of a gRPC server has by itself. A handler that returns the response of another server
/// returns them with it.
const OF_EACH_RESPONSE: [&str; 6] = [
    "content-type",
    "grpc-accept-encoding",
    "grpc-encoding",
    "grpc-message",
    "grpc-message-type",
    "grpc-status",
];

/// The keys that tonic's own server strips from the metadata of a response without a warning.
const STRIPPED_BY_TONIC: [&str; 4] = ["content-type", "grpc-message", "grpc-message-type", "grpc-status"];

/// Returns true if no interceptor and no handler may set this key, neither in a request nor in a response.
fn is_reserved(key: &HeaderName) -> bool {
    is_http_key(key) || (key.as_str().starts_with(GRPC_PREFIX) && *key != PUSHBACK)
}

/// Returns the name of a key that an interceptor may remove, or `None` if it is invalid or reserved.
pub(crate) fn removable(key: &str) -> Option<HeaderName> {
    HeaderName::try_from(key).ok().filter(|key| !is_reserved(key))
}

fn is_http_key(key: &HeaderName) -> bool {
    HTTP_KEYS.contains(&key.as_str())
}

/// Returns the headers under reserved keys that a service has sent beside its status. The service may set them, so
/// a chain in front of it sends them on. The keys of the status itself are left out, because the chain writes them
/// anew. So is the encoding, because a failure has no messages.
pub(crate) fn headers_of_service(headers: &HeaderMap) -> HeaderMap {
    const STATUS_KEYS: [&str; 4] =
        ["grpc-encoding", "grpc-message", "grpc-status", "grpc-status-details-bin"];
    let is_sent_on = |key: &HeaderName| {
        *key == CONTENT_TYPE
            || (is_reserved(key) && !is_http_key(key) && !STATUS_KEYS.contains(&key.as_str()))
    };
    let sent_on = headers.iter().filter(|(key, _)| is_sent_on(key));
    sent_on.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Drops reserved keys from added metadata. The warning names `origin`, where the metadata comes from.
pub(crate) fn drop_reserved(method: Option<&MethodInfo>, origin: &str, headers: &mut HeaderMap) {
    for key in drop_keys(headers, is_reserved) {
        warn(method, origin, &key);
    }
}

/// Drops reserved keys from the metadata of a status. The content-type is dropped without a warning: nobody sets it
/// on purpose, it belongs to the response in which another server has sent the status.
pub(crate) fn drop_reserved_of_status(method: Option<&MethodInfo>, headers: &mut HeaderMap) {
    headers.remove(CONTENT_TYPE);
    drop_reserved(method, "a status", headers);
}

/// Drops reserved keys from the metadata of a handler's response. A wrong encoding, for example, would make the response
/// unreadable. If this server compresses messages, tonic sets the encoding itself.
///
/// The log does not warn of the keys that a handler may have copied from the response of another server.
#[inline]
pub(crate) fn drop_copied(method: &MethodInfo, headers: &mut HeaderMap) {
    if !headers.is_empty() {
        drop_keys(headers, |key| OF_EACH_RESPONSE.contains(&key.as_str()));
        drop_reserved(Some(method), "a response", headers);
    }
}

/// Drops keys of HTTP from the headers that a service behind a layer sends. The keys of gRPC stay, because a layer is no
/// part of the service.
pub(crate) fn drop_http(method: &MethodInfo, headers: &mut HeaderMap) {
    let is_dropped = |key: &HeaderName| is_http_key(key) && *key != CONTENT_TYPE;
    for key in drop_keys(headers, is_dropped) {
        warn(Some(method), "a response", &key);
    }
}

/// Drops the keys that tonic's own server strips from the metadata of a response.
pub(crate) fn strip_response(headers: &mut HeaderMap) {
    drop_keys(headers, |key| STRIPPED_BY_TONIC.contains(&key.as_str()));
}

#[cold]
fn warn(method: Option<&MethodInfo>, origin: &str, key: &HeaderName) {
    let (method, key) = (method.map(MethodInfo::logged_path), key.as_str());
    let method = method.as_deref();
    tracing::warn!(target: "vestibule", method, key, "metadata of {origin} is dropped: the key is reserved");
}

/// Drops the headers whose key `is_dropped`, and returns their keys.
fn drop_keys(headers: &mut HeaderMap, is_dropped: impl Fn(&HeaderName) -> bool) -> Vec<HeaderName> {
    let dropped: Vec<_> = headers.keys().filter(|key| is_dropped(key)).cloned().collect();
    for key in &dropped {
        headers.remove(key);
    }
    dropped
}
