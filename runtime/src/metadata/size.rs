//! The size of headers, as HTTP/2 counts it.

use http::HeaderMap;

/// The size of a header block, in bytes, that every client accepts.
///
/// gRPC's C core fails calls at random above this size, and all calls above twice this size.
pub(crate) const MAX_HEADERS_SIZE: usize = 8 * 1024;

/// The number of bytes that HTTP/2 counts for a header beside its name and value:
/// [RFC 9113, 6.5.2](https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2).
pub(crate) const HEADER_OVERHEAD: usize = 32;

/// Returns the size of `headers`, in bytes.
pub(crate) fn headers_size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(key, value)| key.as_str().len() + value.len() + HEADER_OVERHEAD).sum()
}
