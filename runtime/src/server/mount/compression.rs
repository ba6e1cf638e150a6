//! How messages are compressed, as client and server agree in [their headers].
//!
//! [their headers]: https://github.com/grpc/grpc/blob/master/doc/compression.md

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::metadata;

pub(super) const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

const IDENTITY: &str = "identity";
/// As tonic names them to clients.
const ORDER: [&str; 3] = ["gzip", "deflate", "zstd"];

/// What the client has compressed its messages with, if that is accepted.
pub(super) fn of_request(
    headers: &HeaderMap,
    accepted: &[CompressionEncoding],
) -> Result<Option<CompressionEncoding>, Status> {
    let Some(value) = metadata::first(headers, &GRPC_ENCODING) else { return Ok(None) };
    let bytes = value.as_bytes();
    let name = str::from_utf8(bytes).map_or_else(|_| format!("{bytes:?}").into(), Cow::Borrowed);
    match named(&name, accepted) {
        None if name != IDENTITY => Err(unsupported(&name, accepted)),
        encoding => Ok(encoding),
    }
}

/// What the client accepts first of all that may be sent.
pub(super) fn of_reply(headers: &HeaderMap, sent: &[CompressionEncoding]) -> Option<CompressionEncoding> {
    if sent.is_empty() {
        return None;
    }
    let names = headers.get(GRPC_ACCEPT_ENCODING)?.to_str().ok()?;
    names.split(',').find_map(|name| named(name.trim(), sent))
}

pub(super) fn value(encoding: CompressionEncoding) -> HeaderValue {
    HeaderValue::try_from(encoding.to_string()).expect("a name of ASCII letters")
}

// Not a `match`: the variants depend on tonic's features, which are the user's.
fn named(name: &str, encodings: &[CompressionEncoding]) -> Option<CompressionEncoding> {
    encodings.iter().copied().find(|encoding| encoding.to_string() == name)
}

/// Says, as the specification wants it, what would be accepted.
fn unsupported(name: &str, accepted: &[CompressionEncoding]) -> Status {
    let mut accepted: Vec<_> = accepted.iter().map(ToString::to_string).collect();
    // Whatever order they were set in.
    accepted.sort_by_key(|name| ORDER.iter().position(|other| name == other).unwrap_or(ORDER.len()));
    accepted.push(IDENTITY.to_owned());
    let mut headers = HeaderMap::new();
    headers.insert(
        GRPC_ACCEPT_ENCODING,
        HeaderValue::try_from(accepted.join(",")).expect("names of ASCII letters"),
    );
    Status::with_metadata(
        Code::Unimplemented,
        format!("Content is compressed with `{name}` which isn't supported"),
        MetadataMap::from_headers(headers),
    )
}
