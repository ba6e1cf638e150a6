//! Negotiates the [compression] of messages, from the headers of a request.
//!
//! [compression]: https://github.com/grpc/grpc/blob/master/doc/compression.md

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::metadata;

const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

const IDENTITY: &str = "identity";
/// The order in which tonic lists encodings to clients.
const TONIC_ORDER: [&str; 3] = ["gzip", "deflate", "zstd"];

/// Returns the encoding of the client's messages, or an error if the server does not accept it.
pub(super) fn of_request(
    headers: &HeaderMap,
    accepted: &[CompressionEncoding],
) -> Result<Option<CompressionEncoding>, Status> {
    let Some(value) = metadata::first_value(headers, &metadata::ENCODING) else { return Ok(None) };
    let bytes = value.as_bytes();
    let name = str::from_utf8(bytes).map_or_else(|_| format!("{bytes:?}").into(), Cow::Borrowed);
    match find_by_name(&name, accepted) {
        None if name != IDENTITY => Err(unsupported(&name, accepted)),
        encoding => Ok(encoding),
    }
}

/// Returns the first encoding that the client accepts and that the server may send.
pub(super) fn of_response(headers: &HeaderMap, sent: &[CompressionEncoding]) -> Option<CompressionEncoding> {
    if sent.is_empty() {
        return None;
    }
    let names = headers.get(GRPC_ACCEPT_ENCODING)?.to_str().ok()?;
    names.split(',').find_map(|name| find_by_name(name.trim(), sent))
}

pub(super) fn header_value(encoding: CompressionEncoding) -> HeaderValue {
    HeaderValue::try_from(encoding.to_string()).expect("a name of ASCII letters")
}

// A `match` would not compile: the variants depend on the features of tonic that the user has turned on.
fn find_by_name(name: &str, encodings: &[CompressionEncoding]) -> Option<CompressionEncoding> {
    encodings.iter().copied().find(|encoding| encoding.to_string() == name)
}

/// Returns the status for an encoding that is not accepted. It lists the accepted ones, as the specification demands.
fn unsupported(name: &str, accepted: &[CompressionEncoding]) -> Status {
    let mut accepted: Vec<_> = accepted.iter().map(ToString::to_string).collect();
    // tonic has a fixed order, whichever order the user enables encodings in.
    accepted
        .sort_by_key(|name| TONIC_ORDER.iter().position(|other| name == other).unwrap_or(TONIC_ORDER.len()));
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
