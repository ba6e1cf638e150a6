//! Trailers after a single response that succeeded. tonic's API has no way to send them.

use bytes::Bytes;
use http::{Extensions, HeaderMap};
use http_body_util::BodyExt;
use tonic::body::Body;

use crate::call::Trailers;

/// Removes the trailers that the chain has left in the extensions of a response (`Call::move_trailers`).
pub(super) fn take(extensions: &mut Extensions) -> Option<HeaderMap> {
    // A chain without trailers leaves no extension.
    if extensions.is_empty() {
        return None;
    }
    extensions.remove().map(|Trailers(trailers)| trailers.into_headers())
}

/// Appends the trailers of the chain, if there are any, to the body of a response.
pub(super) fn append(body: Body, mut trailers: Option<HeaderMap>) -> Body {
    if trailers.is_none() {
        return body;
    }
    let body = body.map_frame(move |frame: http_body::Frame<Bytes>| match frame.into_trailers() {
        Ok(mut last) => {
            // These trailers come first, and tonic's own replace those with the same keys.
            let mut all = trailers.take().unwrap_or_default();
            all.extend(last.drain());
            http_body::Frame::trailers(all)
        }
        Err(frame) => frame,
    });
    Body::new(body)
}
