//! Trailers after a single response that succeeded. tonic's API has no way to send them.

use bytes::Bytes;
use http_body_util::BodyExt;
use tonic::body::Body;

use crate::call::Trailers;

/// Appends the trailers that the chain has left in the extensions of a response (`Call::move_trailers`).
pub(super) fn append(response: &mut http::Response<Body>) {
    let Some(Trailers(trailers)) = response.extensions_mut().remove() else { return };
    let mut trailers = Some(trailers.into_headers());
    let body = std::mem::take(response.body_mut());
    let body = body.map_frame(move |frame: http_body::Frame<Bytes>| match frame.into_trailers() {
        Ok(mut last) => {
            // These trailers come first, and tonic's own replace those with the same keys.
            let mut all = trailers.take().unwrap_or_default();
            all.extend(last.drain());
            http_body::Frame::trailers(all)
        }
        Err(frame) => frame,
    });
    *response.body_mut() = Body::new(body);
}
