//! A status on its way out of a chain.

use http::header::{CONTENT_TYPE, TE};
use http::{HeaderMap, HeaderName};
use tonic::Status;

use super::outgoing::with_source;
use super::report::Report;
use super::{code_name, size};
use crate::MethodInfo;
use crate::interceptors::PUSHBACK;

/// The status such that it arrives. It may have more metadata than when it was made.
pub(crate) fn leaving(method: &MethodInfo, mut status: Status) -> Status {
    drop_reserved(Some(method), &mut status);
    let report = Report::of(&status);
    // One that was cut is cut anew, rather than once more.
    let whole = report.and_then(Report::whole).map(|whole| {
        let details = whole.details().to_vec().into();
        Status::with_details_and_metadata(whole.code(), whole.message(), details, status.metadata().clone())
    });
    let Some(cut) = size::cut(whole.as_ref().unwrap_or(&status), max_size_of(&status)) else { return status };
    if whole.is_none() {
        let (method, code, left_out) = (method.path(), code_name(status.code()), cut.left_out);
        tracing::warn!(target: "vestibule", method, code, error = status.message(), left_out, "too large for the client");
    }
    with_source(cut.status, status)
}

/// The size that the error of a status has set.
pub(super) fn max_size_of(status: &Status) -> usize {
    Report::of(status).map_or(size::MAX_SIZE, |report| report.max_size)
}

/// Drops metadata under keys that belong to gRPC, which clients would read as part of the protocol, or
/// to HTTP: a status that came from another server has what that one needed.
pub(super) fn drop_reserved(method: Option<&MethodInfo>, status: &mut Status) {
    const OF_HTTP: [&str; 7] = [
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
    ];
    let reserved =
        drop_keys(status.metadata_mut().as_mut(), |key| is_of_grpc(key) || OF_HTTP.contains(&key.as_str()));
    for key in reserved {
        let (method, key) = (method.map(MethodInfo::path), key.as_str());
        tracing::warn!(target: "vestibule", method, key, "metadata of a status is dropped: the key is reserved");
    }
}

/// Drops from a reply's metadata what tonic's own server strips from it.
pub(crate) fn drop_reserved_of_reply(headers: &mut HeaderMap) {
    const OF_GRPC: [&str; 3] = ["grpc-status", "grpc-message", "grpc-message-type"];
    drop_keys(headers, |key| OF_GRPC.contains(&key.as_str()) || [TE, CONTENT_TYPE].contains(key));
}

/// Drops all that is the protocol's: where tonic sends no metadata, it strips none.
pub(crate) fn drop_protocol(headers: &mut HeaderMap) {
    drop_keys(headers, |key| is_of_grpc(key) || [TE, CONTENT_TYPE].contains(key));
}

/// Whether a key is gRPC's own. One is for services to use: by it they say when to try again.
fn is_of_grpc(key: &HeaderName) -> bool {
    key.as_str().starts_with("grpc-") && *key != PUSHBACK
}

fn drop_keys(headers: &mut HeaderMap, is_dropped: impl Fn(&HeaderName) -> bool) -> Vec<HeaderName> {
    let dropped: Vec<_> = headers.keys().filter(|key| is_dropped(key)).cloned().collect();
    for key in &dropped {
        headers.remove(key);
    }
    dropped
}
