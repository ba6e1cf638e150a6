//! Keys that belong to the protocol.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

use crate::MethodInfo;

/// Keys of HTTP, which say how a message is carried. A client that reads one where it does not belong takes the
/// reply for malformed. (`te: trailers` and the content-type are set by tonic, at the end.)
const OF_HTTP: [&str; 10] = [
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

/// All keys of gRPC begin like this.
const OF_GRPC: &str = "grpc-";

/// The one that is for services to use: by it they say when to try again.
pub(crate) const PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");

const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");

/// The compressions that tonic has.
const BY_TONIC: [&str; 3] = ["deflate", "gzip", "zstd"];

/// Keys that tonic's own server strips from the metadata of a reply without a word. In a reply that was copied from
/// another server, they say how that one has ended.
const OF_A_COPY: [&str; 4] = ["content-type", "grpc-message", "grpc-message-type", "grpc-status"];

/// Returns true if no interceptor may set this key, in anything that goes out.
fn is_reserved(key: &HeaderName) -> bool {
    is_of_http(key) || (key.as_str().starts_with(OF_GRPC) && *key != PUSHBACK)
}

fn is_of_http(key: &HeaderName) -> bool {
    OF_HTTP.contains(&key.as_str())
}

/// Returns what a service says under reserved keys beside its status. It is for the service to say that, and it passes a
/// chain in front of it. Keys of the status itself are left out, as the chain makes those anew, and so is the encoding, as
/// a failure has no messages.
pub(crate) fn headers_of_service(headers: &HeaderMap) -> HeaderMap {
    const OF_A_STATUS: [&str; 4] =
        ["grpc-encoding", "grpc-message", "grpc-status", "grpc-status-details-bin"];
    let is_said = |key: &HeaderName| {
        *key == CONTENT_TYPE || (is_reserved(key) && !is_of_http(key) && !OF_A_STATUS.contains(&key.as_str()))
    };
    let said = headers.iter().filter(|(key, _)| is_said(key));
    said.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Drops reserved keys from what somebody has added. `whose` names it in the warning.
pub(crate) fn drop_reserved(method: Option<&MethodInfo>, whose: &str, headers: &mut HeaderMap) {
    for key in drop_keys(headers, is_reserved) {
        warn(method, whose, &key);
    }
}

/// Drops reserved keys from the metadata of a status. The content-type goes without a warning: nobody has set it on purpose,
/// it is that of the reply in which another server has sent the status.
pub(crate) fn drop_reserved_of_status(method: Option<&MethodInfo>, headers: &mut HeaderMap) {
    headers.remove(CONTENT_TYPE);
    drop_reserved(method, "a status", headers);
}

/// Drops from the metadata of a handler's reply what can't be true of this reply. A relay may have copied it from another
/// server, whose messages were compressed; if this server compresses, tonic sets the key itself.
#[inline]
pub(crate) fn drop_copied(method: &MethodInfo, headers: &mut HeaderMap) {
    if !headers.is_empty() {
        if headers.get(ENCODING).is_some_and(|name| BY_TONIC.iter().any(|encoding| name == encoding)) {
            headers.remove(ENCODING);
        }
        drop_http(method, headers);
    }
}

/// Drops keys of HTTP from the metadata of a reply. Those of gRPC stay: they are for the service to set, as in tonic's own
/// server.
pub(crate) fn drop_http(method: &MethodInfo, headers: &mut HeaderMap) {
    let is_dropped = |key: &HeaderName| is_of_http(key) && *key != CONTENT_TYPE;
    for key in drop_keys(headers, is_dropped) {
        warn(Some(method), "a reply", &key);
    }
}

/// Drops what tonic's own server strips from the metadata of a reply.
pub(crate) fn strip_reply(headers: &mut HeaderMap) {
    drop_keys(headers, |key| OF_A_COPY.contains(&key.as_str()));
}

#[cold]
fn warn(method: Option<&MethodInfo>, whose: &str, key: &HeaderName) {
    let (method, key) = (method.map(MethodInfo::path), key.as_str());
    tracing::warn!(target: "vestibule", method, key, "metadata of {whose} is dropped: the key is reserved");
}

fn drop_keys(headers: &mut HeaderMap, is_dropped: impl Fn(&HeaderName) -> bool) -> Vec<HeaderName> {
    let dropped: Vec<_> = headers.keys().filter(|key| is_dropped(key)).cloned().collect();
    for key in &dropped {
        headers.remove(key);
    }
    dropped
}
